// nlmon devices of ours, in the network namespace of the calling thread (rtnetlink(7), linux/if_link.h).
#pragma once

#include <cstdint>
#include <string>

#include "../src/netlink_socket.h"

namespace nlscope {

// Makes an nlmon device, marks it as this process's and sets it up. `number` tells several of one process apart.
Status MakeNlmon(unsigned number, std::string& name, uint32_t& interface);

Status RemoveNlmon(uint32_t interface);

// Removes devices whose mark names a process that has ended without removing them.
Status RemoveStaleNlmon();

}  // namespace nlscope
