#include "batch_queue.h"

#include <cstring>
#include <utility>

namespace nlscope {

void AppendRecord(Batch& batch, const RecordHeader& header, const void* payload) {
  const size_t at = batch.size();
  batch.resize(at + RecordSize(header.length));
  std::memcpy(batch.data() + at, &header, sizeof header);
  if (header.length > 0) std::memcpy(batch.data() + at + sizeof header, payload, header.length);
}

bool BatchQueue::Put(Batch& batch) {
  if (batch.empty()) return false;
  const std::lock_guard<std::mutex> lock(mutex_);
  bytes_.fetch_add(batch.size(), std::memory_order_relaxed);
  if (!batches_.empty() && batches_.back().size() + batch.size() <= kBatchBytes) {
    // JavaScript is busy: fewer and larger batches cost it less when it comes back.
    batches_.back().insert(batches_.back().end(), batch.begin(), batch.end());
    batch.clear();
  } else {
    batches_.push_back(std::exchange(batch, {}));
  }
  return !std::exchange(taker_awake_, true);
}

std::optional<Batch> BatchQueue::Take() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (batches_.empty()) {
    taker_awake_ = false;
    return std::nullopt;
  }
  Batch batch = std::move(batches_.front());
  batches_.pop_front();
  bytes_.fetch_sub(batch.size(), std::memory_order_relaxed);
  return batch;
}

size_t BatchQueue::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return batches_.size();
}

}  // namespace nlscope
