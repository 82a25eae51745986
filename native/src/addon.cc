// The Node-API face of the addon: sockets, taps and the way to the privileged helper. native/index.ts types it.
#include <errno.h>
#include <napi.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "helper_channel.h"
#include "netlink_socket.h"
#include "receiver.h"
#include "script.h"
#include "tap_receiver.h"

namespace nlscope {
namespace {

class NetlinkSocket : public Napi::ObjectWrap<NetlinkSocket> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "NetlinkSocket",
                       {
                           InstanceAccessor<&NetlinkSocket::Portid>("portid"),
                           InstanceAccessor<&NetlinkSocket::Descriptor>("fd"),
                           InstanceMethod<&NetlinkSocket::Join>("join"),
                           InstanceMethod<&NetlinkSocket::Leave>("leave"),
                           InstanceMethod<&NetlinkSocket::Send>("send"),
                           InstanceMethod<&NetlinkSocket::Take>("take"),
                           InstanceMethod<&NetlinkSocket::ReadCounters>("counters"),
                           InstanceMethod<&NetlinkSocket::CloseFromScript>("close"),
                       });
  }

  explicit NetlinkSocket(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<NetlinkSocket>(info), env_(info.Env()), end_(env_, [this] { Close(); }) {
    if (!info[0].IsObject()) {
      Napi::TypeError::New(env_, "NetlinkSocket takes an object of options").ThrowAsJavaScriptException();
      return;
    }
    const Napi::Object options = info[0].As<Napi::Object>();
    Status status = OpenNetlink(ReadOpenOptions(options), fd_);
    if (status.ok()) drops_at_open_ = ReadMemInfo(fd_.get()).drops;
    if (status.ok() && info[1].IsFunction()) {
      status = end_.Start(options, info[1], [this](size_t queue_limit, std::function<void()> wake) {
        return std::make_unique<Receiver>(fd_.get(), queue_limit, std::move(wake));
      });
    }
    if (status.ok()) return;
    Close();
    ThrowFailure(env_, status);
  }

  ~NetlinkSocket() override { Close(); }

 private:
  void Close() {
    end_.Close();
    fd_.Reset();
  }

  Napi::Value Portid(const Napi::CallbackInfo&) { return Napi::Number::New(env_, LocalPortid(fd_.get())); }

  Napi::Value Descriptor(const Napi::CallbackInfo&) { return Napi::Number::New(env_, fd_.get()); }

  // The methods below answer with an errno, 0 for success.

  Napi::Value Join(const Napi::CallbackInfo& info) { return Code(JoinGroup(fd_.get(), Unsigned(info[0]))); }

  Napi::Value Leave(const Napi::CallbackInfo& info) { return Code(LeaveGroup(fd_.get(), Unsigned(info[0]))); }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    if (!info[0].IsTypedArray()) return Code({EINVAL, "send"});
    const Napi::TypedArray bytes = info[0].As<Napi::TypedArray>();
    const auto* const data = static_cast<const uint8_t*>(bytes.ArrayBuffer().Data()) + bytes.ByteOffset();
    return Code(SendDatagram(fd_.get(), data, bytes.ByteLength(), Unsigned(info[1]), Unsigned(info[2])));
  }

  Napi::Value Take(const Napi::CallbackInfo&) { return end_.Take(); }

  Napi::Value ReadCounters(const Napi::CallbackInfo&) {
    Napi::Object out = Napi::Object::New(env_);
    const MemInfo memory = fd_.valid() ? ReadMemInfo(fd_.get()) : MemInfo{};
    out.Set("socketDropped", Napi::Number::New(env_, fd_.valid() ? memory.drops - drops_at_open_ : 0));
    out.Set("unread", Napi::Number::New(env_, memory.queued));
    out.Set("receiveBuffer", Napi::Number::New(env_, fd_.valid() ? ReceiveBuffer(fd_.get()) : 0));
    end_.PutCounters(out);
    return out;
  }

  void CloseFromScript(const Napi::CallbackInfo&) { Close(); }

  Napi::Value Code(const Status& status) { return Napi::Number::New(env_, status.code); }

  const Napi::Env env_;
  UniqueFd fd_;
  ReceivingEnd end_;
  uint32_t drops_at_open_ = 0;
};

// Reads an nlmon device through the packet socket that the helper made for it.
class PacketTap : public Napi::ObjectWrap<PacketTap> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "PacketTap",
                       {
                           InstanceMethod<&PacketTap::Take>("take"),
                           InstanceMethod<&PacketTap::ReadCounters>("counters"),
                           InstanceMethod<&PacketTap::CloseFromScript>("close"),
                       });
  }

  explicit PacketTap(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<PacketTap>(info), env_(info.Env()), end_(env_, [this] { Close(); }) {
    if (!info[0].IsObject() || !info[1].IsFunction()) {
      Napi::TypeError::New(env_, "PacketTap takes an object of options and a function").ThrowAsJavaScriptException();
      return;
    }
    const Napi::Object options = info[0].As<Napi::Object>();
    fd_ = UniqueFd(static_cast<int>(NumberOption(options, "fd", static_cast<uint32_t>(-1))));
    const unsigned interface = NumberOption(options, "interface", 0);
    const Status status = end_.Start(options, info[1], [=](size_t queue_limit, std::function<void()> wake) {
      return std::make_unique<TapReceiver>(fd_.get(), interface, queue_limit, std::move(wake));
    });
    if (status.ok()) return;
    Close();
    ThrowFailure(env_, status);
  }

  ~PacketTap() override { Close(); }

 private:
  void Close() {
    end_.Close();
    fd_.Reset();
  }

  Napi::Value Take(const Napi::CallbackInfo&) { return end_.Take(); }

  Napi::Value ReadCounters(const Napi::CallbackInfo&) {
    Napi::Object out = Napi::Object::New(env_);
    end_.PutCounters(out);
    return out;
  }

  void CloseFromScript(const Napi::CallbackInfo&) { Close(); }

  const Napi::Env env_;
  UniqueFd fd_;
  ReceivingEnd end_;
};

// Nanoseconds since 1970 by the clock that stamps datagrams.
Napi::Value Realtime(const Napi::CallbackInfo& info) { return Napi::BigInt::New(info.Env(), RealtimeNs()); }

// Huge pages for fresh memory, from its first touch on.
Napi::Value UseHugePages(const Napi::CallbackInfo& info) {
  if (!info[0].IsTypedArray()) {
    Napi::TypeError::New(info.Env(), "a Uint8Array is needed").ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
  // By Node-API itself: the memory may be shared, which the wrapper has no class for.
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_typedarray_info(info.Env(), info[0], nullptr, &length, &data, nullptr, nullptr) != napi_ok) {
    return Napi::Number::New(info.Env(), EINVAL);
  }
  const auto begin = reinterpret_cast<uintptr_t>(data);
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t start = (begin + page - 1) & ~(page - 1);
  const uintptr_t end = (begin + length) & ~(page - 1);
  if (end <= start) return Napi::Number::New(info.Env(), 0);
  const int status = madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE);
  return Napi::Number::New(info.Env(), status == 0 ? 0 : errno);
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("useHugePages", Napi::Function::New<UseHugePages>(env, "useHugePages"));
  exports.Set("realtime", Napi::Function::New<Realtime>(env, "realtime"));
  exports.Set("NetlinkSocket", NetlinkSocket::Define(env));
  exports.Set("PacketTap", PacketTap::Define(env));
  exports.Set("HelperChannel", DefineHelperChannel(env));
  return exports;
}

}  // namespace
}  // namespace nlscope

static Napi::Object InitNlscope(Napi::Env env, Napi::Object exports) { return nlscope::Init(env, exports); }

NODE_API_MODULE(nlscope, InitNlscope)
