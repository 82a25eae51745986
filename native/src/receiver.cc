#include "receiver.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace nlscope {

namespace {

constexpr int kSolNetlink = 270;
constexpr int kListenAllNsid = 8;

constexpr unsigned kSlots = 64;
// Address space of a slot. Pages are only taken where a datagram reaches, so this costs nothing until it is needed:
// kernel answers stay under 32 KiB, but a batch from one process to another may be megabytes.
constexpr size_t kSlotBytes = sizeof(void*) >= 8 ? size_t{4} << 20 : size_t{256} << 10;
constexpr size_t kSmallestSlotBytes = size_t{64} << 10;
// What a slot keeps of its pages after a large datagram.
constexpr size_t kKeptBytes = size_t{64} << 10;

// A socket with less room than this cannot afford a pause between two drains.
constexpr int kCoalescingBuffer = 1 << 20;
constexpr int kRecheckMilliseconds = 1;

// A guess, before the first measurement, at what a datagram costs the receive buffer.
constexpr uint32_t kTypicalCost = 4096;
constexpr unsigned kRereads = 64;

// A socket that gives nothing but errors is broken.
constexpr unsigned kErrorsInARow = 100;

}  // namespace

// Receive buffers and headers for recvmmsg.
class Receiver::Slots {
 public:
  ~Slots() {
    if (area_ != nullptr) munmap(area_, kSlots * slot_bytes_);
  }

  Status Allocate() {
    for (slot_bytes_ = kSlotBytes;; slot_bytes_ /= 2) {
      void* area = mmap(nullptr, kSlots * slot_bytes_, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (area != MAP_FAILED) {
        area_ = static_cast<uint8_t*>(area);
        break;
      }
      if (slot_bytes_ <= kSmallestSlotBytes) return {errno, "mmap"};
    }
    // A huge page per slot would make every slot resident in full.
    madvise(area_, kSlots * slot_bytes_, MADV_NOHUGEPAGE);
    for (unsigned i = 0; i < kSlots; ++i) {
      vectors_[i] = {area_ + i * slot_bytes_, slot_bytes_};
      msghdr& header = messages_[i].msg_hdr;
      header.msg_iov = &vectors_[i];
      header.msg_iovlen = 1;
      header.msg_name = &addresses_[i];
      header.msg_control = controls_[i].bytes;
    }
    return {};
  }

  // Number of datagrams, or -1 with errno.
  int Receive(int fd, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      messages_[i].msg_hdr.msg_namelen = sizeof addresses_[i];
      messages_[i].msg_hdr.msg_controllen = sizeof controls_[i].bytes;
    }
    // MSG_TRUNC asks for the true length of a datagram that does not fit.
    return recvmmsg(fd, messages_, count, MSG_DONTWAIT | MSG_TRUNC, nullptr);
  }

  const uint8_t* data(unsigned i) const { return area_ + i * slot_bytes_; }

  RecordHeader Describe(unsigned i, uint64_t time) {
    RecordHeader header;
    header.original_length = messages_[i].msg_len;
    header.length = static_cast<uint32_t>(std::min<size_t>(messages_[i].msg_len, slot_bytes_));
    header.time = time;
    header.source_portid = addresses_[i].nl_pid;
    msghdr& message = messages_[i].msg_hdr;
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != kSolNetlink) continue;
      if (c->cmsg_type == NETLINK_PKTINFO) std::memcpy(&header.group, CMSG_DATA(c), sizeof header.group);
      if (c->cmsg_type == kListenAllNsid) std::memcpy(&header.nsid, CMSG_DATA(c), sizeof header.nsid);
    }
    return header;
  }

  // Gives pages beyond the usual back to the system.
  void Trim(unsigned i) {
    const size_t used = std::min<size_t>(messages_[i].msg_len, slot_bytes_);
    if (used > kKeptBytes) madvise(area_ + i * slot_bytes_ + kKeptBytes, slot_bytes_ - kKeptBytes, MADV_DONTNEED);
  }

 private:
  union Control {
    cmsghdr aligned;
    char bytes[128];
  };

  size_t slot_bytes_ = 0;
  uint8_t* area_ = nullptr;
  mmsghdr messages_[kSlots] = {};
  iovec vectors_[kSlots] = {};
  sockaddr_nl addresses_[kSlots] = {};
  Control controls_[kSlots] = {};
};

Receiver::Receiver(int fd, size_t queue_limit, std::function<void()> wake)
    : ReceiveThread(fd, queue_limit, std::move(wake)) {}

Receiver::~Receiver() { Stop(); }

Status Receiver::Prepare() {
  slots_ = std::make_unique<Slots>();
  const Status status = slots_->Allocate();
  if (!status.ok()) return status;
  drops_seen_ = ReadMemInfo(fd_).drops;
  coalesces_ = ReceiveBuffer(fd_) >= kCoalescingBuffer;
  return {};
}

int Receiver::Patience() const { return recheck_ ? kRecheckMilliseconds : -1; }

size_t Receiver::Drain() {
  size_t total = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    const int received = slots_->Receive(fd_, ChunkSize());
    if (received < 0) {
      if (HandleError(errno)) continue;
      break;
    }
    just_ended_overflow_ = false;
    errors_in_row_ = 0;
    const uint64_t time = RealtimeNs();
    for (unsigned i = 0; i < static_cast<unsigned>(received); ++i) {
      const RecordHeader header = slots_->Describe(i, time);
      Accept(slots_->data(i), header.length, header);
      slots_->Trim(i);
    }
    total += static_cast<size_t>(received);
    if (overflow_.active) FollowOverflow(static_cast<unsigned>(received));
    if (staging_.size() >= BatchQueue::kBatchBytes) Publish();
  }
  if (overflow_.active) {
    EndOverflow();
  } else if (recheck_ && Clock::now() >= recheck_at_) {
    Recheck();
  }
  return total;
}

// During an overflow, never more datagrams than are surely left of the full queue: what follows them came after the
// loss.
unsigned Receiver::ChunkSize() const {
  if (!overflow_.active) return kSlots;
  return std::clamp<uint32_t>(overflow_.queued / (4 * overflow_.largest_cost), 1, kSlots);
}

// True when reading goes on.
bool Receiver::HandleError(int error) {
  if (error == EINTR) return true;
  if (error == EAGAIN) return false;
  if (++errors_in_row_ > kErrorsInARow) {
    failure_ = error;
    return false;
  }
  BeginOverflow(error);
  return true;
}

void Receiver::BeginOverflow(int error) {
  // A second overflow may begin while the first one is being counted: its error then comes at once.
  const bool counted = std::exchange(just_ended_overflow_, false);
  if (overflow_.active) return;
  overflow_ = {true, error, counted, ReadMemInfo(fd_).queued, kTypicalCost};
  // Other errors tell of a message the kernel failed to make: the socket's queue goes on.
  if (error != ENOBUFS) EndOverflow();
}

void Receiver::FollowOverflow(unsigned received) {
  // A sender that is about to be refused holds receive memory for a moment: only what stays has been queued.
  uint32_t queued = ReadMemInfo(fd_).queued;
  for (unsigned i = 0; i < kRereads && queued >= overflow_.queued; ++i) {
    queued = std::min(queued, ReadMemInfo(fd_).queued);
  }
  if (queued == 0 || queued >= overflow_.queued) {
    EndOverflow();
    return;
  }
  overflow_.largest_cost = std::max(overflow_.largest_cost, (overflow_.queued - queued) / received);
  overflow_.queued = queued;
}

void Receiver::EndOverflow() {
  const Overflow ended = std::exchange(overflow_, Overflow{});
  just_ended_overflow_ = true;
  PlanRecheck();
  const uint32_t lost = NewDrops();
  if (lost > 0) {
    NoteLoss(ended.error, lost);
  } else if (!ended.counted) {
    unexplained_error_ = ended.error;
  }
}

void Receiver::PlanRecheck() {
  recheck_ = true;
  recheck_at_ = Clock::now() + std::chrono::milliseconds(kRecheckMilliseconds);
}

void Receiver::Recheck() {
  recheck_ = false;
  const uint32_t lost = NewDrops();
  const int error = std::exchange(unexplained_error_, 0);
  if (lost > 0) {
    NoteLoss(ENOBUFS, lost);
    PlanRecheck();
  } else if (error != 0) {
    NoteLoss(error, 0);
  }
}

uint32_t Receiver::NewDrops() {
  const MemInfo memory = ReadMemInfo(fd_);
  return memory.known ? memory.drops - std::exchange(drops_seen_, memory.drops) : 0;
}

}  // namespace nlscope
