#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include <system_error>
#include <thread>

namespace nlscope {

Status OpenNamespace(const char* path, UniqueFd& out) {
  out = UniqueFd(open(path, O_RDONLY | O_CLOEXEC));
  return out.valid() ? Status{} : Status{errno, "open"};
}

Status RunInNamespace(int netns, const std::function<Status()>& work) {
  Status status;
  try {
    std::thread([&] { status = setns(netns, CLONE_NEWNET) == 0 ? work() : Status{errno, "setns"}; }).join();
  } catch (const std::system_error& error) {
    return {error.code().value(), "pthread_create"};
  }
  return status;
}

}  // namespace nlscope
