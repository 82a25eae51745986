// Receives from an nlmon device through a packet socket with a TPACKET_V3 ring (packet(7),
// Documentation/networking/packet_mmap.rst).
#pragma once

#include <linux/if_packet.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "receive_thread.h"

namespace nlscope {

class TapReceiver final : public ReceiveThread {
 public:
  // `fd`: a packet socket (SOCK_DGRAM) that is not bound yet. `interface`: index of the nlmon device.
  TapReceiver(int fd, unsigned interface, size_t queue_limit, std::function<void()> wake);
  ~TapReceiver() override;

  std::optional<uint64_t> dropped() const override { return dropped_.load(); }

 private:
  Status Prepare() override;
  size_t Drain() override;
  // While the device is going, what the ring still holds is waited for.
  int Patience() const override;

  Status MapRing();
  Status Bind();
  // Takes the datagrams of a block that the kernel has handed over.
  size_t ReadBlock(const tpacket_block_desc* block);
  // Asks for what passed and what was dropped since the last time, and tells of the loss.
  void ReadStatistics();
  bool settled() const { return seen_ + dropped_.load() >= passed_; }

  const unsigned interface_;
  uint8_t* ring_ = nullptr;
  size_t ring_bytes_ = 0;
  size_t block_bytes_ = 0;
  unsigned blocks_ = 0;
  unsigned next_ = 0;
  uint64_t seen_ = 0;
  uint64_t passed_ = 0;  // by the kernel's count, drops included
  std::atomic<uint64_t> dropped_{0};
  int ending_ = 0;  // errno with which the device went away
  unsigned waits_ = 0;
};

}  // namespace nlscope
