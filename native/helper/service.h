// The calls a client may make, and the policy of what they may ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "channel.h"

namespace nlscope {

class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  // Removes the devices that are left.
  ~Service();

  // Carries out one message of the client. `passed`: the descriptor that came with it, or -1. `result`: the descriptor
  // that goes back.
  Status Handle(const uint8_t* message, size_t size, int passed, HelperReply& reply, UniqueFd& result);

 private:
  struct Tap {
    UniqueFd netns;  // invalid: the helper's own
    uint32_t interface = 0;
  };

  Status Open(const HelperRequest& request, int netns, UniqueFd& result);
  Status MakeTap(int netns, HelperReply& reply, UniqueFd& result);
  Status RemoveTap(uint32_t number);

  std::map<uint32_t, Tap> taps_;
  uint32_t next_tap_ = 1;
};

}  // namespace nlscope
