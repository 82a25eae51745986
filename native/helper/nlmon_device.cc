#include "nlmon_device.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <vector>

namespace nlscope {

namespace {

constexpr char kKind[] = "nlmon";
// The alias of a device of ours: process, its start (field 22 of /proc/PID/stat) and its pid namespace.
constexpr char kMark[] = "nlscope tap of process %d %llu %llu";
constexpr int kAnswerMilliseconds = 5000;

// One rtnetlink request.
class Request {
 public:
  Request(uint16_t type, uint16_t flags, const ifinfomsg& link) : bytes_(NLMSG_LENGTH(sizeof link)) {
    header().nlmsg_type = type;
    header().nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
    header().nlmsg_seq = 1;
    memcpy(NLMSG_DATA(&header()), &link, sizeof link);
  }

  void Text(uint16_t type, const std::string& text) {
    const size_t at = Open(type);
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    bytes_.push_back(0);
    Close(at);
  }

  size_t Open(uint16_t type) {
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
    const size_t at = bytes_.size();
    bytes_.resize(at + sizeof(rtattr));
    reinterpret_cast<rtattr*>(bytes_.data() + at)->rta_type = type;
    return at;
  }

  void Close(size_t at) {
    reinterpret_cast<rtattr*>(bytes_.data() + at)->rta_len = static_cast<uint16_t>(bytes_.size() - at);
  }

  const std::vector<uint8_t>& Finish() {
    header().nlmsg_len = static_cast<uint32_t>(bytes_.size());
    return bytes_;
  }

 private:
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_.data()); }

  std::vector<uint8_t> bytes_;
};

using Visit = std::function<void(const nlmsghdr&)>;

// Sends a request and visits the answers up to the acknowledgement or the end of the dump.
Status Ask(Request request, const Visit& visit = {}) {
  OpenOptions options;
  options.protocol = NETLINK_ROUTE;
  UniqueFd fd;
  Status status = OpenNetlink(options, fd);
  const std::vector<uint8_t>& bytes = request.Finish();
  if (status.ok()) status = SendDatagram(fd.get(), bytes.data(), bytes.size(), 0, 0);
  std::vector<uint8_t> buffer(size_t{64} << 10);
  while (status.ok()) {
    pollfd wait{fd.get(), POLLIN, 0};
    if (poll(&wait, 1, kAnswerMilliseconds) <= 0) return {ETIMEDOUT, "rtnetlink"};
    const ssize_t size = recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0) return {errno, "recv"};
    int rest = static_cast<int>(size);
    for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(message, rest);
         message = NLMSG_NEXT(message, rest)) {
      if (message->nlmsg_type == NLMSG_DONE) return {};
      if (message->nlmsg_type == NLMSG_ERROR) return {-static_cast<nlmsgerr*>(NLMSG_DATA(message))->error, "rtnetlink"};
      if (visit) visit(*message);
    }
  }
  return status;
}

ifinfomsg Link(int index = 0, unsigned flags = 0) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = flags;
  link.ifi_change = flags;
  return link;
}

// Start of a process in clock ticks since boot; 0 when there is no such process.
unsigned long long StartOf(int pid) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE* const file = fopen(path, "re");
  if (file == nullptr) return 0;
  char line[1024] = {};
  const size_t size = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[size] = 0;
  // The command's name may hold anything; the fields go on after its last parenthesis, with the third.
  const char* at = strrchr(line, ')');
  unsigned long long start = 0;
  constexpr char kFields[] = ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu";
  return at != nullptr && sscanf(at, kFields, &start) == 1 ? start : 0;
}

unsigned long long PidNamespace() {
  struct stat about {};
  return stat("/proc/self/ns/pid", &about) == 0 ? static_cast<unsigned long long>(about.st_ino) : 0;
}

std::string Mark() {
  char text[96];
  snprintf(text, sizeof text, kMark, getpid(), StartOf(getpid()), PidNamespace());
  return text;
}

// True when the alias is a mark, and its process has ended.
bool IsStale(const char* alias) {
  int pid = 0;
  unsigned long long start = 0, space = 0;
  if (sscanf(alias, kMark, &pid, &start, &space) != 3 || pid <= 0) return false;
  // Processes of another pid namespace cannot be seen from here.
  return space == PidNamespace() && StartOf(pid) != start;
}

// The text of an attribute, "" when it is not terminated.
const char* TextOf(const rtattr* attribute) {
  const char* const text = static_cast<const char*>(RTA_DATA(attribute));
  return memchr(text, 0, RTA_PAYLOAD(attribute)) == nullptr ? "" : text;
}

bool IsStaleNlmon(const nlmsghdr& message) {
  bool nlmon = false, stale = false;
  auto* const link = static_cast<const ifinfomsg*>(NLMSG_DATA(&message));
  int rest = static_cast<int>(IFLA_PAYLOAD(&message));
  for (const rtattr* attribute = IFLA_RTA(link); RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) {
    if (attribute->rta_type == IFLA_IFALIAS) stale = IsStale(TextOf(attribute));
    if (attribute->rta_type != IFLA_LINKINFO) continue;
    int inner = static_cast<int>(RTA_PAYLOAD(attribute));
    for (auto* part = static_cast<const rtattr*>(RTA_DATA(attribute)); RTA_OK(part, inner);
         part = RTA_NEXT(part, inner)) {
      if (part->rta_type == IFLA_INFO_KIND) nlmon = strcmp(TextOf(part), kKind) == 0;
    }
  }
  return nlmon && stale;
}

}  // namespace

Status MakeNlmon(unsigned number, std::string& name, uint32_t& interface) {
  char text[IFNAMSIZ];
  snprintf(text, sizeof text, "nlscope%x.%x", static_cast<unsigned>(getpid()), number & 0xff);
  name = text;
  Request request(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, Link());
  request.Text(IFLA_IFNAME, name);
  const size_t info = request.Open(IFLA_LINKINFO);
  request.Text(IFLA_INFO_KIND, kKind);
  request.Close(info);
  Status status = Ask(request);
  if (!status.ok()) return {status.code, "nlmon"};
  interface = if_nametoindex(name.c_str());
  if (interface == 0) return {errno, "if_nametoindex"};
  Request mark(RTM_NEWLINK, NLM_F_ACK, Link(static_cast<int>(interface), IFF_UP));
  mark.Text(IFLA_IFALIAS, Mark());
  status = Ask(mark);
  if (!status.ok()) RemoveNlmon(interface);
  return status;
}

Status RemoveNlmon(uint32_t interface) { return Ask(Request(RTM_DELLINK, NLM_F_ACK, Link(static_cast<int>(interface)))); }

Status RemoveStaleNlmon() {
  std::vector<uint32_t> stale;
  const Status status = Ask(Request(RTM_GETLINK, NLM_F_DUMP, Link()), [&](const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWLINK || !IsStaleNlmon(message)) return;
    stale.push_back(static_cast<uint32_t>(static_cast<const ifinfomsg*>(NLMSG_DATA(&message))->ifi_index));
  });
  for (const uint32_t interface : stale) RemoveNlmon(interface);
  return status;
}

}  // namespace nlscope
