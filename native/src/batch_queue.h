// Batches of received records on their way from a receive thread to JavaScript, bounded by bytes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace nlscope {

enum class RecordKind : uint32_t {
  kDatagram = 0,
  kSocketLoss = 1,  // the kernel could not queue datagrams for this socket
  kQueueLoss = 2,   // JavaScript did not keep up and the queue was full
  kTapped = 3,      // a datagram that a tap saw pass between others
};

// Stands before each record in a batch; `length` bytes of payload follow, padded to 8. Host byte order.
// native/batch.ts reads it: the two change together.
struct RecordHeader {
  uint32_t length = 0;           // payload bytes here
  uint32_t original_length = 0;  // datagram: its true length; loss: how many were lost, 0 when the kernel did not say
  uint64_t time = 0;             // nanoseconds since 1970
  uint32_t source_portid = 0;    // loss: errno by which the socket told of it
  uint32_t group = 0;            // 0 for unicast; tapped: the NETLINK_* protocol, for which a tap knows no group
  int32_t nsid = -1;             // -1: the socket's own namespace
  RecordKind kind = RecordKind::kDatagram;
};
static_assert(sizeof(RecordHeader) == 32, "native/batch.ts knows this layout");

using Batch = std::vector<uint8_t>;

// Bytes a record takes in a batch.
constexpr size_t RecordSize(size_t payload) { return sizeof(RecordHeader) + ((payload + 7) & ~size_t{7}); }

void AppendRecord(Batch& batch, const RecordHeader& header, const void* payload);

// One thread puts, one takes.
class BatchQueue {
 public:
  // Records up to this size travel in one batch.
  static constexpr size_t kBatchBytes = 256 * 1024;

  // Hands the records of `batch` over and empties it. True when the taker has to be woken: it has taken everything
  // since the last time this was true.
  bool Put(Batch& batch);

  // The oldest batch; nothing when the queue is empty, and then the next Put asks for a wake-up.
  std::optional<Batch> Take();

  size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::deque<Batch> batches_;
  std::atomic<size_t> bytes_{0};
  bool taker_awake_ = false;
};

}  // namespace nlscope
