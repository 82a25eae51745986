// What the host and its privileged helper say to each other: one message in each direction for every call, over a
// Unix socket (SOCK_SEQPACKET) that is the helper's standard input. Both run on one machine, so structs travel as they
// are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../src/netlink_socket.h"

namespace nlscope {

enum class HelperOp : uint32_t {
  kOpen = 1,   // passes a network namespace (or nothing: the helper's own); returns a netlink socket
  kJoin = 2,   // passes a netlink socket
  kSend = 3,   // passes a netlink socket; the datagram follows the request
  kTap = 4,    // passes a network namespace (or nothing); makes an nlmon device, returns an unbound packet socket
  kUntap = 5,  // removes it
};

constexpr uint32_t kHelperExtAck = 1;
constexpr uint32_t kHelperCapAck = 2;
constexpr uint32_t kHelperStrictCheck = 4;
constexpr uint32_t kHelperAllNsid = 8;

// Changes with everything in this file: an installed helper may be older than the host.
constexpr uint32_t kHelperVersion = 1;

// Datagrams that are sent through the helper may have so many bytes.
constexpr size_t kHelperLargestDatagram = size_t{128} << 10;

struct HelperRequest {
  HelperOp op = HelperOp::kOpen;
  uint32_t protocol = 0;
  uint32_t portid = 0;
  uint32_t group = 0;  // kJoin: number; kSend: mask
  uint32_t flags = 0;
  uint32_t receive_buffer = 0;
  uint32_t tap = 0;
  uint32_t size = 0;  // bytes that follow
};

// The first one comes without a call: it says whether the helper serves this client, its version and capabilities.
struct HelperReply {
  int32_t code = 0;  // errno, 0 for success
  char call[44] = {};  // which system call failed, or "policy: …" when the helper refused by itself
  uint32_t tap = 0;
  uint32_t interface = 0;
  char name[16] = {};
  uint32_t version = kHelperVersion;
  uint64_t capabilities = 0;  // effective ones, by bit number; only in the first message
};

// Sends one message, with a descriptor unless it is negative.
Status SendMessage(int channel, const void* header, size_t header_size, const void* body, size_t body_size, int passed);

// Receives one message. `received` is its size, 0 when the other side has gone.
Status ReceiveMessage(int channel, void* bytes, size_t capacity, size_t& received, UniqueFd& passed);

}  // namespace nlscope
