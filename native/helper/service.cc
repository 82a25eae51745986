#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "../src/namespace.h"
#include "nlmon_device.h"

namespace nlscope {

namespace {

// Protocols of linux/netlink.h that the kernel still serves.
constexpr uint32_t kProtocols[] = {
    NETLINK_ROUTE,  NETLINK_USERSOCK,  NETLINK_SOCK_DIAG, NETLINK_XFRM,           NETLINK_SELINUX, NETLINK_ISCSI,
    NETLINK_AUDIT,  NETLINK_FIB_LOOKUP, NETLINK_CONNECTOR, NETLINK_NETFILTER,      NETLINK_KOBJECT_UEVENT,
    NETLINK_GENERIC, NETLINK_SCSITRANSPORT, NETLINK_RDMA, NETLINK_CRYPTO,
};
constexpr uint32_t kLargestReceiveBuffer = 256u << 20;
constexpr size_t kMostTaps = 64;

Status Refused(const char* why) { return {EPERM, why}; }

bool IsServedProtocol(uint32_t protocol) {
  return std::find(std::begin(kProtocols), std::end(kProtocols), protocol) != std::end(kProtocols);
}

// The namespace is opened by the client, with the client's own rights: here it is only made sure that it is one.
Status CheckNamespace(int fd) {
  return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET ? Status{} : Refused("policy: not a network namespace");
}

Status CheckNetlink(int fd) {
  int domain = 0;
  int protocol = -1;
  socklen_t size = sizeof domain;
  if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_NETLINK) {
    return Refused("policy: not a netlink socket");
  }
  size = sizeof protocol;
  if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0) return {errno, "getsockopt(SO_PROTOCOL)"};
  return IsServedProtocol(static_cast<uint32_t>(protocol)) ? Status{} : Refused("policy: protocol not served");
}

// Runs work in the namespace of a descriptor, or in the own one when it is negative.
Status RunIn(int netns, const std::function<Status()>& work) { return netns < 0 ? work() : RunInNamespace(netns, work); }

}  // namespace

Service::~Service() {
  while (!taps_.empty()) RemoveTap(taps_.begin()->first);
}

Status Service::Handle(const uint8_t* message, size_t size, int passed, HelperReply& reply, UniqueFd& result) {
  HelperRequest request;
  if (size < sizeof request) return {EBADMSG, "policy: message too short"};
  memcpy(&request, message, sizeof request);
  const size_t body = size - sizeof request;
  if (body != request.size) return {EBADMSG, "policy: wrong size"};
  switch (request.op) {
    case HelperOp::kOpen:
      return Open(request, passed, result);
    case HelperOp::kJoin: {
      const Status status = CheckNetlink(passed);
      return status.ok() ? JoinGroup(passed, request.group) : status;
    }
    case HelperOp::kSend: {
      const Status status = CheckNetlink(passed);
      if (!status.ok()) return status;
      return SendDatagram(passed, message + sizeof request, body, request.portid, request.group);
    }
    case HelperOp::kTap:
      return MakeTap(passed, reply, result);
    case HelperOp::kUntap:
      return RemoveTap(request.tap);
  }
  return Refused("policy: unknown call");
}

Status Service::Open(const HelperRequest& request, int netns, UniqueFd& result) {
  if (!IsServedProtocol(request.protocol)) return Refused("policy: protocol not served");
  if (request.receive_buffer > kLargestReceiveBuffer) return Refused("policy: receive buffer too large");
  Status status = netns < 0 ? Status{} : CheckNamespace(netns);
  if (!status.ok()) return status;
  OpenOptions options;
  options.protocol = static_cast<int>(request.protocol);
  options.portid = request.portid;
  options.receive_buffer = static_cast<int>(request.receive_buffer);
  options.ext_ack = (request.flags & kHelperExtAck) != 0;
  options.cap_ack = (request.flags & kHelperCapAck) != 0;
  options.strict_check = (request.flags & kHelperStrictCheck) != 0;
  options.all_nsid = (request.flags & kHelperAllNsid) != 0;
  return RunIn(netns, [&] { return OpenNetlink(options, result); });
}

Status Service::MakeTap(int netns, HelperReply& reply, UniqueFd& result) {
  if (taps_.size() >= kMostTaps) return Refused("policy: too many taps");
  Status status = netns < 0 ? Status{} : CheckNamespace(netns);
  if (!status.ok()) return status;
  Tap tap;
  if (netns >= 0) tap.netns = UniqueFd(fcntl(netns, F_DUPFD_CLOEXEC, 0));
  std::string name;
  status = RunIn(netns, [&]() -> Status {
    RemoveStaleNlmon();
    result = UniqueFd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!result.valid()) return {errno, "socket(AF_PACKET)"};
    return MakeNlmon(next_tap_, name, tap.interface);
  });
  if (!status.ok()) {
    result.Reset();
    return status;
  }
  reply.tap = next_tap_++;
  reply.interface = tap.interface;
  strncpy(reply.name, name.c_str(), sizeof reply.name - 1);
  taps_.emplace(reply.tap, std::move(tap));
  return {};
}

Status Service::RemoveTap(uint32_t number) {
  const auto found = taps_.find(number);
  if (found == taps_.end()) return {ENOENT, "policy: no such tap"};
  const Tap tap = std::move(found->second);
  taps_.erase(found);
  return RunIn(tap.netns.get(), [&] { return RemoveNlmon(tap.interface); });
}

}  // namespace nlscope
