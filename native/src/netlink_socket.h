// A netlink socket by its descriptor: opening (in any namespace), options, groups, sending. No Node-API in here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace nlscope {

// Outcome of a system call: errno (0 is success) and which call it was, for the message to the user.
struct Status {
  int code = 0;
  const char* call = "";
  bool ok() const { return code == 0; }
};

// Owns a descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();
  void Reset();

 private:
  int fd_ = -1;
};

struct OpenOptions {
  int protocol = 0;
  std::string netns;        // path of a network namespace, empty for the process's own
  int fd = -1;              // an open netlink socket to take over instead of making one
  uint32_t portid = 0;      // 0: the kernel chooses
  int receive_buffer = 0;   // bytes asked for; 0 leaves the system's default
  bool ext_ack = false;     // NETLINK_EXT_ACK
  bool cap_ack = false;     // NETLINK_CAP_ACK
  bool strict_check = false;  // NETLINK_GET_STRICT_CHK
  bool all_nsid = false;    // NETLINK_LISTEN_ALL_NSID
};

// What SO_MEMINFO tells of a socket (SK_MEMINFO_RMEM_ALLOC and SK_MEMINFO_DROPS of linux/sock_diag.h).
struct MemInfo {
  bool known = false;   // false on kernels before 4.12
  uint32_t queued = 0;  // bytes of receive memory in use
  uint32_t drops = 0;   // datagrams the kernel could not queue, since the socket was made; wraps
};

// Opens, binds and configures a socket. NETLINK_PKTINFO is always on: without it the group above 32 is unknown.
Status OpenNetlink(const OpenOptions& options, UniqueFd& out);

Status JoinGroup(int fd, uint32_t group);
Status LeaveGroup(int fd, uint32_t group);

// Sends one datagram to a portid (0 is the kernel) and to the groups of the mask. Never blocks. A datagram beyond the
// send buffer enlarges it first. A multicast that nobody answers at portid 0 is a success.
Status SendDatagram(int fd, const void* data, size_t size, uint32_t portid, uint32_t group_mask);

// The netlink address the socket is bound to; 0 when unknown.
uint32_t LocalPortid(int fd);

// Receive buffer in the kernel's accounting (twice what was asked for, see socket(7)).
int ReceiveBuffer(int fd);

MemInfo ReadMemInfo(int fd);

}  // namespace nlscope
