// Work that has to be done inside a network namespace.
#pragma once

#include <functional>

#include "netlink_socket.h"

namespace nlscope {

// Opens a network namespace by its path (/run/netns/NAME, /proc/PID/ns/net).
Status OpenNamespace(const char* path, UniqueFd& out);

// Runs `work` inside the namespace of a descriptor, in a thread of its own: a socket stays in the namespace where it was
// made, and no other thread of the process is moved.
Status RunInNamespace(int netns, const std::function<Status()>& work);

}  // namespace nlscope
