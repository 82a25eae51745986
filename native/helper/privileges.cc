#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nlscope {

namespace {

constexpr int kKept[] = {
    CAP_NET_ADMIN,      // groups, nlmon devices, changes that are sent
    CAP_NET_RAW,        // packet sockets
    CAP_SYS_ADMIN,      // entering network namespaces; the NET_DM groups
    CAP_NET_BROADCAST,  // NETLINK_LISTEN_ALL_NSID
    CAP_AUDIT_READ,     // the audit group
};

}  // namespace

Status DropPrivileges(uint64_t& kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, sets) != 0) return {errno, "capget"};
  __user_cap_data_struct keeps[_LINUX_CAPABILITY_U32S_3] = {};
  for (const int capability : kKept) {
    const unsigned word = static_cast<unsigned>(capability) / 32;
    keeps[word].permitted |= sets[word].permitted & (1u << (capability % 32));
  }
  for (auto& set : keeps) set.effective = set.permitted;
  kept = keeps[0].permitted | uint64_t{keeps[1].permitted} << 32;
  if (syscall(SYS_capset, &header, keeps) != 0) return {errno, "capset"};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return {errno, "prctl(PR_SET_NO_NEW_PRIVS)"};
  umask(077);
  return chdir("/") == 0 ? Status{} : Status{errno, "chdir"};
}

}  // namespace nlscope
