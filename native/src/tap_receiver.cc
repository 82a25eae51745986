#include "tap_receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace nlscope {

namespace {

// A datagram has to fit into a block: kernel answers stay under 32 KiB, a ruleset sent in one go may be larger.
constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr unsigned kBlocks = 32;
constexpr unsigned kFewestBlocks = 4;
// The kernel hands a block over when it is full, or so many milliseconds after it was begun.
constexpr unsigned kRetireMilliseconds = 10;

// A device that is gone sends nothing more: so often the last block is waited for, for a few milliseconds each.
constexpr int kLastBlockMilliseconds = 5;
constexpr unsigned kLastBlockWaits = 40;

}  // namespace

TapReceiver::TapReceiver(int fd, unsigned interface, size_t queue_limit, std::function<void()> wake)
    : ReceiveThread(fd, queue_limit, std::move(wake)), interface_(interface) {}

TapReceiver::~TapReceiver() {
  Stop();
  if (ring_ != nullptr) munmap(ring_, ring_bytes_);
}

Status TapReceiver::Prepare() {
  const int version = TPACKET_V3;
  if (setsockopt(fd_, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) {
    return {errno, "setsockopt(PACKET_VERSION)"};
  }
  const Status status = MapRing();
  // Bound only now: what came before would bypass the ring.
  return status.ok() ? Bind() : status;
}

Status TapReceiver::MapRing() {
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_frame_size = kBlockBytes;
  request.tp_retire_blk_tov = kRetireMilliseconds;
  for (unsigned blocks = kBlocks;; blocks /= 2) {
    request.tp_block_nr = blocks;
    request.tp_frame_nr = blocks;
    if (setsockopt(fd_, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0) break;
    if (errno != ENOMEM || blocks <= kFewestBlocks) return {errno, "setsockopt(PACKET_RX_RING)"};
  }
  block_bytes_ = request.tp_block_size;
  blocks_ = request.tp_block_nr;
  ring_bytes_ = block_bytes_ * blocks_;
  void* const ring = mmap(nullptr, ring_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (ring == MAP_FAILED) return {errno, "mmap"};
  ring_ = static_cast<uint8_t*>(ring);
  return {};
}

Status TapReceiver::Bind() {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(interface_);
  const int result = bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return result == 0 ? Status{} : Status{errno, "bind"};
}

size_t TapReceiver::Drain() {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) ending_ = error;
  size_t total = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    auto* const block = reinterpret_cast<tpacket_block_desc*>(ring_ + next_ * block_bytes_);
    uint32_t& status = block->hdr.bh1.block_status;
    const uint32_t now = __atomic_load_n(&status, __ATOMIC_ACQUIRE);
    if ((now & TP_STATUS_USER) == 0) break;
    // The ring was full, and this is the first block that was begun when there was room again.
    if ((now & TP_STATUS_LOSING) != 0) ReadStatistics();
    total += ReadBlock(block);
    __atomic_store_n(&status, static_cast<uint32_t>(TP_STATUS_KERNEL), __ATOMIC_RELEASE);
    next_ = (next_ + 1) % blocks_;
    if (staging_.size() >= BatchQueue::kBatchBytes) Publish();
  }
  ReadStatistics();
  if (ending_ != 0 && (settled() || ++waits_ > kLastBlockWaits)) failure_ = ending_;
  return total;
}

int TapReceiver::Patience() const { return ending_ == 0 ? -1 : kLastBlockMilliseconds; }

size_t TapReceiver::ReadBlock(const tpacket_block_desc* block) {
  const unsigned count = block->hdr.bh1.num_pkts;
  const auto* bytes = reinterpret_cast<const uint8_t*>(block) + block->hdr.bh1.offset_to_first_pkt;
  for (unsigned i = 0; i < count; ++i) {
    const auto* const packet = reinterpret_cast<const tpacket3_hdr*>(bytes);
    const auto* const address = reinterpret_cast<const sockaddr_ll*>(bytes + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
    RecordHeader header;
    header.kind = RecordKind::kTapped;
    header.length = packet->tp_snaplen;
    header.original_length = packet->tp_len;
    header.time = uint64_t{packet->tp_sec} * 1000000000u + packet->tp_nsec;
    // nlmon puts the NETLINK_* number where other devices have an Ethernet type.
    header.group = ntohs(address->sll_protocol);
    Accept(bytes + packet->tp_mac, header.length, header);
    bytes += packet->tp_next_offset;
  }
  seen_ += count;
  return count;
}

void TapReceiver::ReadStatistics() {
  tpacket_stats_v3 statistics{};
  socklen_t size = sizeof statistics;
  if (getsockopt(fd_, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) return;
  passed_ += statistics.tp_packets;
  if (statistics.tp_drops == 0) return;
  dropped_.fetch_add(statistics.tp_drops);
  NoteLoss(ENOBUFS, statistics.tp_drops);
}

}  // namespace nlscope
