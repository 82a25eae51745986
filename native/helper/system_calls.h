// Which system calls the helper may make once it serves.
#pragma once

#include "../src/netlink_socket.h"

namespace nlscope {

// Leaves this process, and every thread it starts, the system calls that its work needs: any other fails with EPERM
// (seccomp(2)). Call it when set-up is over, with no_new_privs set. A kernel or a processor without such filters changes
// nothing.
Status RestrictSystemCalls();

}  // namespace nlscope
