// The receive thread of one socket: reads datagrams in bulk, stamps and packs them, and tells of every loss in place.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "batch_queue.h"
#include "netlink_socket.h"

namespace nlscope {

enum class Scheduling : int { kNormal = 0, kNice = 1, kRoundRobin = 2 };

// Totals since the receiver started. Written by its thread, read by any.
struct Counters {
  std::atomic<uint64_t> datagrams{0};  // read from the socket
  std::atomic<uint64_t> bytes{0};      // their payload
  std::atomic<uint64_t> queue_dropped{0};
  std::atomic<uint64_t> truncated{0};
  std::atomic<int> failure{0};  // errno that ended the thread
  std::atomic<Scheduling> scheduling{Scheduling::kNormal};
};

// CLOCK_REALTIME in nanoseconds: the time of every record.
uint64_t RealtimeNs();

class Receiver {
 public:
  // `wake` is called from the thread when Take() has something new. `queue_limit` bounds the queue in bytes.
  Receiver(int fd, size_t queue_limit, std::function<void()> wake);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  Status Start();
  // Ends the thread and waits for it. What was not taken by then is discarded.
  void Stop();

  std::optional<Batch> Take();

  const Counters& counters() const { return counters_; }
  const BatchQueue& queue() const { return queue_; }

 private:
  using Clock = std::chrono::steady_clock;
  class Slots;

  // Where an overflow stands. From ENOBUFS on the kernel queues nothing until the socket is empty, so the lost
  // datagrams belong right after the last one that was queued then.
  struct Overflow {
    bool active = false;
    int error = 0;
    bool counted = false;       // its first drops went into the marker before it
    uint32_t queued = 0;        // receive memory still in use
    uint32_t largest_cost = 0;  // receive memory of one datagram, at most
  };

  struct PendingLoss {
    bool socket = false;
    int error = 0;
    uint64_t socket_lost = 0;
    uint64_t queue_lost = 0;
    uint64_t time = 0;
    bool any() const { return socket || queue_lost > 0; }
  };

  void Run();
  void RaisePriority();
  // Reads until the socket is empty. Returns how many datagrams came.
  size_t Drain();
  unsigned ChunkSize() const;
  void Accept(const void* data, size_t length, RecordHeader header);
  bool HandleError(int error);
  void BeginOverflow(int error);
  void FollowOverflow(unsigned received);
  void EndOverflow();
  // The kernel sends its error before it counts the drop: counts again, a moment after an overflow.
  void PlanRecheck();
  void Recheck();
  uint32_t NewDrops();
  void NoteLoss(int error, uint32_t lost);
  bool HasRoom(size_t bytes) const;
  void FlushLosses();
  void Publish();
  // Waits for the socket (or only for a wake-up) at most `timeout` milliseconds.
  void Wait(bool for_socket, int timeout);
  void Signal();

  const int fd_;
  const size_t queue_limit_;
  const std::function<void()> wake_;
  UniqueFd event_;
  std::unique_ptr<Slots> slots_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> losses_wait_{false};  // Take() signals the thread when room appears

  Counters counters_;
  BatchQueue queue_;
  Batch staging_;
  Overflow overflow_;
  PendingLoss losses_;
  uint32_t drops_seen_ = 0;
  unsigned errors_in_row_ = 0;
  bool just_ended_overflow_ = false;
  bool recheck_ = false;
  Clock::time_point recheck_at_;
  int unexplained_error_ = 0;  // told by the socket, without a drop counted so far
  bool coalesces_ = false;
};

}  // namespace nlscope
