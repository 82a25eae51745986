#include "netlink_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "namespace.h"

namespace nlscope {

namespace {

// Older libc headers lack these; the numbers are part of the kernel's interface.
constexpr int kSolNetlink = 270;
constexpr int kListenAllNsid = 8;
constexpr int kCapAck = 10;
constexpr int kExtAck = 11;
constexpr int kGetStrictCheck = 12;
constexpr int kSoMeminfo = 55;
constexpr int kMeminfoRmemAlloc = 0;
constexpr int kMeminfoDrops = 8;
constexpr int kMeminfoVars = 9;

Status Failed(const char* call) { return {errno, call}; }

Status SetFlag(int fd, int option, const char* name, int on = 1) {
  return setsockopt(fd, kSolNetlink, option, &on, sizeof on) == 0 ? Status{} : Failed(name);
}

Status CreateSocket(int protocol, UniqueFd& out) {
  out = UniqueFd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  return out.valid() ? Status{} : Failed("socket");
}

Status CreateSocketIn(const std::string& netns, int protocol, UniqueFd& out) {
  UniqueFd ns;
  const Status status = OpenNamespace(netns.c_str(), ns);
  return status.ok() ? RunInNamespace(ns.get(), [&] { return CreateSocket(protocol, out); }) : status;
}

Status AdoptSocket(int fd, int protocol, UniqueFd& out) {
  int domain = 0;
  int actual = -1;
  socklen_t size = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) return Failed("getsockopt(SO_DOMAIN)");
  size = sizeof actual;
  if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &actual, &size) != 0) return Failed("getsockopt(SO_PROTOCOL)");
  if (domain != AF_NETLINK || actual != protocol) return {EPROTOTYPE, "adopt"};
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return Failed("fcntl");
  out = UniqueFd(fd);
  // Its former owner may have asked not to hear of overflows.
  return SetFlag(fd, NETLINK_NO_ENOBUFS, "setsockopt(NETLINK_NO_ENOBUFS)", 0);
}

Status Configure(int fd, const OpenOptions& options) {
  const struct {
    bool wanted;
    int option;
    const char* name;
  } flags[] = {
      {true, NETLINK_PKTINFO, "setsockopt(NETLINK_PKTINFO)"},
      {options.ext_ack, kExtAck, "setsockopt(NETLINK_EXT_ACK)"},
      {options.cap_ack, kCapAck, "setsockopt(NETLINK_CAP_ACK)"},
      {options.strict_check, kGetStrictCheck, "setsockopt(NETLINK_GET_STRICT_CHK)"},
      {options.all_nsid, kListenAllNsid, "setsockopt(NETLINK_LISTEN_ALL_NSID)"},
  };
  for (const auto& flag : flags) {
    if (!flag.wanted) continue;
    const Status status = SetFlag(fd, flag.option, flag.name);
    if (!status.ok()) return status;
  }
  const int bytes = options.receive_buffer;
  if (bytes > 0 && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0 &&
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) != 0) {
    return Failed("setsockopt(SO_RCVBUF)");
  }
  return {};
}

Status Bind(int fd, uint32_t portid) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_pid = portid;
  const int result = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  return result == 0 ? Status{} : Failed("bind");
}

bool GrowSendBuffer(int fd, size_t size) {
  const int bytes = static_cast<int>(std::min<size_t>(size + 4096, 1u << 30));
  return setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0 ||
         setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = other.Release();
  }
  return *this;
}

int UniqueFd::Release() { return std::exchange(fd_, -1); }

void UniqueFd::Reset() {
  if (fd_ >= 0) close(Release());
}

Status OpenNetlink(const OpenOptions& options, UniqueFd& out) {
  UniqueFd fd;
  Status status = options.fd >= 0          ? AdoptSocket(options.fd, options.protocol, fd)
                  : options.netns.empty() ? CreateSocket(options.protocol, fd)
                                          : CreateSocketIn(options.netns, options.protocol, fd);
  if (status.ok()) status = Configure(fd.get(), options);
  // An adopted socket may be bound already; binding it to another address is refused by the kernel.
  if (status.ok() && LocalPortid(fd.get()) == 0) status = Bind(fd.get(), options.portid);
  if (status.ok()) {
    out = std::move(fd);
  } else if (options.fd >= 0) {
    fd.Release();  // a descriptor that could not be taken over stays the caller's
  }
  return status;
}

Status JoinGroup(int fd, uint32_t group) {
  const int result = setsockopt(fd, kSolNetlink, NETLINK_ADD_MEMBERSHIP, &group, sizeof group);
  return result == 0 ? Status{} : Failed("setsockopt(NETLINK_ADD_MEMBERSHIP)");
}

Status LeaveGroup(int fd, uint32_t group) {
  const int result = setsockopt(fd, kSolNetlink, NETLINK_DROP_MEMBERSHIP, &group, sizeof group);
  return result == 0 ? Status{} : Failed("setsockopt(NETLINK_DROP_MEMBERSHIP)");
}

Status SendDatagram(int fd, const void* data, size_t size, uint32_t portid, uint32_t group_mask) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_pid = portid;
  address.nl_groups = group_mask;
  const auto send = [&] {
    return sendto(fd, data, size, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&address), sizeof address);
  };
  ssize_t sent = send();
  if (sent < 0 && errno == EMSGSIZE) sent = GrowSendBuffer(fd, size) ? send() : (errno = EMSGSIZE, -1);
  if (sent >= 0) return {};
  // After the multicast the kernel also delivers to portid 0, where a protocol without a kernel socket has nobody.
  if (errno == ECONNREFUSED && group_mask != 0 && portid == 0) return {};
  return Failed("sendto");
}

uint32_t LocalPortid(int fd) {
  sockaddr_nl address{};
  socklen_t size = sizeof address;
  return getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? address.nl_pid : 0;
}

int ReceiveBuffer(int fd) {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  return getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size) == 0 ? bytes : 0;
}

MemInfo ReadMemInfo(int fd) {
  uint32_t values[kMeminfoVars] = {};
  socklen_t size = sizeof values;
  if (getsockopt(fd, SOL_SOCKET, kSoMeminfo, values, &size) != 0) return {};
  return {true, values[kMeminfoRmemAlloc], values[kMeminfoDrops]};
}

}  // namespace nlscope
