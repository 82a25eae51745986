// What the helper keeps of its rights.
#pragma once

#include <cstdint>

#include "../src/netlink_socket.h"

namespace nlscope {

// Keeps, of the capabilities the process has, those that the helper's work needs, for this process alone. `kept`: bits
// by capability number.
Status DropPrivileges(uint64_t& kept);

}  // namespace nlscope
