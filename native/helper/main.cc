// The privileged helper: does for one client what needs capabilities, and nothing else. The host starts it with a Unix
// socket as its standard input; when the client goes away, the helper removes its devices and ends.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "channel.h"
#include "privileges.h"
#include "service.h"
#include "system_calls.h"

namespace {

using namespace nlscope;

volatile sig_atomic_t terminated = 0;

void OnTerminate(int) { terminated = 1; }

// Only SIGTERM ends the helper, and only while it waits. Ctrl+C is the client's affair: it will go away.
sigset_t ArrangeSignals() {
  for (const int number : {SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = OnTerminate;
  sigaction(SIGTERM, &action, nullptr);
  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigprocmask(SIG_BLOCK, &blocked, &before);
  sigdelset(&before, SIGTERM);
  return before;
}

bool IsChannel(int fd) {
  int domain = 0, type = 0;
  socklen_t size = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) return false;
  size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && domain == AF_UNIX && type == SOCK_SEQPACKET;
}

// Who may be served: the user who started the helper, also when sudo or pkexec stands between.
bool IsServed(uid_t peer) {
  if (peer == getuid()) return true;
  if (getuid() != 0) return false;
  for (const char* const name : {"SUDO_UID", "PKEXEC_UID"}) {
    const char* const text = getenv(name);
    char* end = nullptr;
    if (text != nullptr && *text != 0 && strtoul(text, &end, 10) == peer && *end == 0) return true;
  }
  return false;
}

Status Admit(int channel) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {errno, "getsockopt(SO_PEERCRED)"};
  return IsServed(peer.uid) ? Status{} : Status{EPERM, "policy: the client belongs to another user"};
}

void Answer(int channel, const Status& status, HelperReply reply, int passed) {
  reply.code = status.code;
  strncpy(reply.call, status.call, sizeof reply.call - 1);
  SendMessage(channel, &reply, sizeof reply, nullptr, 0, passed);
}

void Serve(int channel, const sigset_t& waiting) {
  Service service;
  std::vector<uint8_t> message(sizeof(HelperRequest) + kHelperLargestDatagram);
  for (;;) {
    pollfd wait{channel, POLLIN, 0};
    const int ready = ppoll(&wait, 1, nullptr, &waiting);
    if (terminated != 0) return;
    if (ready <= 0) continue;
    size_t size = 0;
    UniqueFd passed;
    Status status = ReceiveMessage(channel, message.data(), message.size(), size, passed);
    if (status.ok() && size == 0) return;
    if (!status.ok() && status.code != EMSGSIZE) return;
    HelperReply reply;
    UniqueFd result;
    if (status.ok()) status = service.Handle(message.data(), size, passed.get(), reply, result);
    Answer(channel, status, reply, result.get());
  }
}

}  // namespace

int main() {
  constexpr int kChannel = STDIN_FILENO;
  if (!IsChannel(kChannel)) {
    fputs("nlscope-helper: nlscope starts this program when it needs its capabilities; it does nothing by itself.\n",
          stderr);
    return 2;
  }
  HelperReply greeting;
  Status status = DropPrivileges(greeting.capabilities);
  if (status.ok()) status = Admit(kChannel);
  const sigset_t waiting = ArrangeSignals();
  if (status.ok()) status = RestrictSystemCalls();
  Answer(kChannel, status, greeting, -1);
  if (!status.ok()) return 1;
  Serve(kChannel, waiting);
  return 0;
}
