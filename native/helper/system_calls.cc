#include "system_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/nsfs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace nlscope {

namespace {

// 0: a processor whose calls are not restricted.
#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
#else
constexpr uint32_t kArchitecture = 0;
#endif

// Calls that are allowed whatever their arguments are. Descriptors come from the client or from the calls below.
constexpr long kAllowed[] = {
    // The channel, netlink and packet sockets.
    SYS_ppoll, SYS_recvmsg, SYS_recvfrom, SYS_sendmsg, SYS_sendto, SYS_bind, SYS_getsockname, SYS_getsockopt,
    SYS_setsockopt, SYS_fcntl, SYS_close,
#ifdef SYS_poll
    SYS_poll,
#endif
    // Reading /proc, for who made a device.
    SYS_read, SYS_lseek, SYS_getpid, SYS_fstat,
#ifdef SYS_stat
    SYS_stat,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_statx
    SYS_statx,
#endif
    // Complaints.
    SYS_write, SYS_writev,
    // Memory, threads, signals and the end.
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex, SYS_set_robust_list, SYS_gettid, SYS_getrandom,
    SYS_sched_getaffinity, SYS_prlimit64, SYS_clock_gettime, SYS_rt_sigprocmask, SYS_rt_sigreturn,
    SYS_restart_syscall, SYS_exit, SYS_exit_group,
#ifdef SYS_rseq
    SYS_rseq,
#endif
};

// A call that is allowed when an argument, of which only the bits of the mask are looked at, has one of these values.
struct Condition {
  long call;
  unsigned argument;
  uint32_t mask;
  std::initializer_list<uint32_t> values;
};

constexpr uint32_t kWhole = ~uint32_t{0};

const Condition kConditions[] = {
    {SYS_socket, 0, kWhole, {AF_NETLINK, AF_PACKET, AF_UNIX}},
    {SYS_setns, 1, kWhole, {CLONE_NEWNET}},
    // SIOCGIFINDEX is if_nametoindex(3).
    {SYS_ioctl, 1, kWhole, {static_cast<uint32_t>(NS_GET_NSTYPE), SIOCGIFINDEX}},
    {SYS_openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, {O_RDONLY}},
    {SYS_mmap, 2, PROT_EXEC, {0}},
    {SYS_mprotect, 2, PROT_EXEC, {0}},
    // Threads, and no processes.
    {SYS_clone, 0, CLONE_THREAD | CLONE_VM | CLONE_NEWUSER, {CLONE_THREAD | CLONE_VM}},
};

// A classic BPF program over struct seccomp_data. Every rule stands for itself and ends in an answer, so that no jump is
// longer than its rule.
class Program {
 public:
  Program() {
    Load(offsetof(seccomp_data, arch));
    Answer(BPF_JEQ, kArchitecture, SECCOMP_RET_KILL_PROCESS, false);
    Load(offsetof(seccomp_data, nr));
  }

  void Allow(long call) { Answer(BPF_JEQ, static_cast<uint32_t>(call), SECCOMP_RET_ALLOW, true); }

  void Refuse(long call, int error) { Answer(BPF_JEQ, static_cast<uint32_t>(call), Failure(error), true); }

  void AllowWhen(const Condition& condition) {
    const auto rest = static_cast<uint8_t>(3 + 2 * condition.values.size());
    Put(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(condition.call), 0, rest);
    Load(LowWord(condition.argument));
    Put(BPF_ALU | BPF_AND | BPF_K, condition.mask);
    for (const uint32_t value : condition.values) Answer(BPF_JEQ, value, SECCOMP_RET_ALLOW, true);
    Put(BPF_RET | BPF_K, Failure(EPERM));
  }

  std::vector<sock_filter>& Finish() {
    Put(BPF_RET | BPF_K, Failure(EPERM));
    return code_;
  }

 private:
  static uint32_t Failure(int error) { return SECCOMP_RET_ERRNO | (static_cast<uint32_t>(error) & SECCOMP_RET_DATA); }

  static uint32_t LowWord(unsigned argument) {
    const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return static_cast<uint32_t>(offsetof(seccomp_data, args) + argument * sizeof(uint64_t) + (big ? 4 : 0));
  }

  void Load(size_t offset) { Put(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)); }

  // Answers when the comparison holds (or, with `when` false, does not), else goes on.
  void Answer(uint16_t comparison, uint32_t value, uint32_t answer, bool when) {
    Put(static_cast<uint16_t>(BPF_JMP | comparison | BPF_K), value, when ? 0 : 1, when ? 1 : 0);
    Put(BPF_RET | BPF_K, answer);
  }

  void Put(uint16_t code, uint32_t value, uint8_t yes = 0, uint8_t no = 0) { code_.push_back({code, yes, no, value}); }

  std::vector<sock_filter> code_;
};

}  // namespace

Status RestrictSystemCalls() {
  if (kArchitecture == 0) return {};
  Program program;
  for (const long call : kAllowed) program.Allow(call);
#ifdef SYS_clone3
  // Its flags cannot be looked at; libc then makes its threads with the older call.
  program.Refuse(SYS_clone3, ENOSYS);
#endif
  for (const Condition& condition : kConditions) program.AllowWhen(condition);
  std::vector<sock_filter>& code = program.Finish();
  sock_fprog filter{static_cast<unsigned short>(code.size()), code.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0) return {};
  // What a kernel without filters says.
  return errno == EINVAL ? Status{} : Status{errno, "prctl(PR_SET_SECCOMP)"};
}

}  // namespace nlscope
