#include "receive_thread.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <limits>
#include <system_error>
#include <utility>

namespace nlscope {

namespace {

constexpr int kPauseMilliseconds = 1;
constexpr int kNiceness = -10;

uint32_t Saturated(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, std::numeric_limits<uint32_t>::max()));
}

}  // namespace

uint64_t RealtimeNs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

ReceiveThread::ReceiveThread(int fd, size_t queue_limit, std::function<void()> wake)
    : fd_(fd), queue_limit_(queue_limit), wake_(std::move(wake)) {}

Status ReceiveThread::Start() {
  event_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event_.valid()) return {errno, "eventfd"};
  Status status = Prepare();
  if (!status.ok()) return status;

  // Signals are the business of the process's main thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::promise<void> started;
    thread_ = std::thread([this, &started] {
      pthread_setname_np(pthread_self(), "nlscope-recv");
      RaisePriority();
      started.set_value();
      Run();
    });
    // From here on counters tell how the thread is scheduled.
    started.get_future().wait();
  } catch (const std::system_error& error) {
    status = {error.code().value(), "pthread_create"};
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return status;
}

void ReceiveThread::Stop() {
  stopping_.store(true);
  if (!thread_.joinable()) return;
  Signal();
  thread_.join();
}

std::optional<Batch> ReceiveThread::Take() {
  std::optional<Batch> batch = queue_.Take();
  if (batch.has_value() && losses_wait_.load()) Signal();
  return batch;
}

void ReceiveThread::Run() {
  while (!stopping_.load()) {
    const size_t received = Drain();
    FlushLosses();
    Publish();
    if (failure_ != 0) {
      // Only now: who sees a failure takes what is in the queue for all there was.
      counters_.failure.store(failure_);
      wake_();
      return;
    }
    const bool pauses = received > 0 && coalesces_;
    if (!stopping_.load()) Wait(!pauses, pauses ? kPauseMilliseconds : Patience());
  }
}

void ReceiveThread::RaisePriority() {
  sched_param parameters{};
  parameters.sched_priority = sched_get_priority_min(SCHED_RR);
  if (pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0) {
    counters_.scheduling = Scheduling::kRoundRobin;
  } else if (setpriority(PRIO_PROCESS, 0, kNiceness) == 0) {
    counters_.scheduling = Scheduling::kNice;
  }
}

void ReceiveThread::Accept(const void* data, size_t length, RecordHeader header) {
  counters_.datagrams.fetch_add(1, std::memory_order_relaxed);
  counters_.bytes.fetch_add(header.original_length, std::memory_order_relaxed);
  if (header.length < header.original_length) counters_.truncated.fetch_add(1, std::memory_order_relaxed);
  if (!HasRoom(RecordSize(length))) {
    if (!losses_.any()) losses_.time = header.time;
    ++losses_.queue_lost;
    counters_.queue_dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  FlushLosses();
  AppendRecord(staging_, header, data);
}

void ReceiveThread::NoteLoss(int error, uint32_t lost) {
  if (!losses_.any()) losses_.time = RealtimeNs();
  losses_.socket = true;
  losses_.error = error;
  losses_.socket_lost += lost;
  FlushLosses();
}

bool ReceiveThread::HasRoom(size_t bytes) const {
  const size_t used = queue_.bytes() + staging_.size();
  return used == 0 || used + bytes <= queue_limit_;
}

void ReceiveThread::FlushLosses() {
  if (!losses_.any()) return;
  if (!HasRoom(2 * RecordSize(0))) {
    losses_wait_.store(true);
    // Everything may have been taken just before the flag was up.
    if (queue_.bytes() == 0 && staging_.empty()) Signal();
    return;
  }
  losses_wait_.store(false);
  RecordHeader header;
  header.time = losses_.time;
  if (losses_.socket) {
    header.kind = RecordKind::kSocketLoss;
    header.original_length = Saturated(losses_.socket_lost);
    header.source_portid = static_cast<uint32_t>(losses_.error);
    AppendRecord(staging_, header, nullptr);
  }
  if (losses_.queue_lost > 0) {
    header.kind = RecordKind::kQueueLoss;
    header.original_length = Saturated(losses_.queue_lost);
    header.source_portid = 0;
    AppendRecord(staging_, header, nullptr);
  }
  losses_ = {};
}

void ReceiveThread::Publish() {
  if (queue_.Put(staging_)) wake_();
}

void ReceiveThread::Wait(bool for_socket, int timeout) {
  pollfd fds[2] = {{event_.get(), POLLIN, 0}, {fd_, POLLIN, 0}};
  if (poll(fds, for_socket ? 2 : 1, timeout) <= 0 || fds[0].revents == 0) return;
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t ignored = read(event_.get(), &count, sizeof count);
}

void ReceiveThread::Signal() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = write(event_.get(), &one, sizeof one);
}

}  // namespace nlscope
