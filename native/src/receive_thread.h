// A thread that receives: packs and hands over what the kind of socket behind it reads, and tells of every loss in place.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
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

class ReceiveThread {
 public:
  // `wake` is called from the thread when Take() has something new. `queue_limit` bounds the queue in bytes.
  ReceiveThread(int fd, size_t queue_limit, std::function<void()> wake);
  // What derives from this calls Stop() in its destructor.
  virtual ~ReceiveThread() = default;
  ReceiveThread(const ReceiveThread&) = delete;
  ReceiveThread& operator=(const ReceiveThread&) = delete;

  Status Start();
  // Ends the thread and waits for it. What was not taken by then is discarded.
  void Stop();

  std::optional<Batch> Take();

  const Counters& counters() const { return counters_; }
  const BatchQueue& queue() const { return queue_; }

  // Datagrams that the kernel dropped, where only the receiver can know.
  virtual std::optional<uint64_t> dropped() const { return std::nullopt; }

 protected:
  // Called once before the thread starts.
  virtual Status Prepare() = 0;
  // Reads until nothing is left. Returns how many datagrams came. Called in the thread.
  virtual size_t Drain() = 0;
  // Milliseconds after which Drain is due even when the socket is silent; -1: never.
  virtual int Patience() const { return -1; }

  void Accept(const void* data, size_t length, RecordHeader header);
  void NoteLoss(int error, uint32_t lost);
  void Publish();

  const int fd_;
  std::atomic<bool> stopping_{false};
  bool coalesces_ = false;  // pauses for a moment after each drain, so that more comes in one go
  int failure_ = 0;  // errno: the thread ends after this drain
  Counters counters_;
  Batch staging_;

 private:
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
  bool HasRoom(size_t bytes) const;
  void FlushLosses();
  // Waits for the socket (or only for a wake-up) at most `timeout` milliseconds.
  void Wait(bool for_socket, int timeout);
  void Signal();

  const size_t queue_limit_;
  const std::function<void()> wake_;
  UniqueFd event_;
  std::thread thread_;
  std::atomic<bool> losses_wait_{false};  // Take() signals the thread when room appears
  BatchQueue queue_;
  PendingLoss losses_;
};

}  // namespace nlscope
