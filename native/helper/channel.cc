#include "channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace nlscope {

namespace {

union Control {
  cmsghdr aligned;
  char bytes[CMSG_SPACE(sizeof(int))];
};

}  // namespace

Status SendMessage(int channel, const void* header, size_t header_size, const void* body, size_t body_size,
                   int passed) {
  iovec parts[] = {{const_cast<void*>(header), header_size}, {const_cast<void*>(body), body_size}};
  Control control{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = body_size > 0 ? 2 : 1;
  if (passed >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    cmsghdr* const item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(item), &passed, sizeof passed);
  }
  ssize_t sent;
  do sent = sendmsg(channel, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? Status{errno, "sendmsg"} : Status{};
}

Status ReceiveMessage(int channel, void* bytes, size_t capacity, size_t& received, UniqueFd& passed) {
  iovec part = {bytes, capacity};
  Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t size;
  do size = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
  while (size < 0 && errno == EINTR);
  if (size < 0) return {errno, "recvmsg"};
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
    int fd = -1;
    memcpy(&fd, CMSG_DATA(item), sizeof fd);
    passed = UniqueFd(fd);
  }
  received = static_cast<size_t>(size);
  return (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ? Status{EMSGSIZE, "recvmsg"} : Status{};
}

}  // namespace nlscope
