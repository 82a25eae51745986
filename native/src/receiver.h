// Receives from a netlink socket: reads datagrams in bulk, stamps them, and finds the place of every loss.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "receive_thread.h"

namespace nlscope {

class Receiver final : public ReceiveThread {
 public:
  Receiver(int fd, size_t queue_limit, std::function<void()> wake);
  ~Receiver() override;

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

  Status Prepare() override;
  size_t Drain() override;
  int Patience() const override;
  unsigned ChunkSize() const;
  bool HandleError(int error);
  void BeginOverflow(int error);
  void FollowOverflow(unsigned received);
  void EndOverflow();
  // The kernel sends its error before it counts the drop: counts again, a moment after an overflow.
  void PlanRecheck();
  void Recheck();
  uint32_t NewDrops();

  std::unique_ptr<Slots> slots_;
  Overflow overflow_;
  uint32_t drops_seen_ = 0;
  unsigned errors_in_row_ = 0;
  bool just_ended_overflow_ = false;
  bool recheck_ = false;
  Clock::time_point recheck_at_;
  int unexplained_error_ = 0;  // told by the socket, without a drop counted so far
};

}  // namespace nlscope
