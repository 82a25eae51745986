// The Node-API face of the addon: one class, NetlinkSocket. native/index.ts types it.
#include <errno.h>
#include <napi.h>
#include <string.h>

#include <memory>
#include <optional>
#include <string>

#include "netlink_socket.h"
#include "receiver.h"

namespace nlscope {
namespace {

constexpr size_t kDefaultQueueLimit = size_t{64} << 20;

const char* SchedulingName(Scheduling scheduling) {
  switch (scheduling) {
    case Scheduling::kRoundRobin:
      return "SCHED_RR";
    case Scheduling::kNice:
      return "nice";
    default:
      return "normal";
  }
}

uint32_t NumberOption(const Napi::Object& options, const char* name, uint32_t fallback) {
  const Napi::Value value = options.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : fallback;
}

bool FlagOption(const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

OpenOptions ReadOptions(const Napi::Object& from) {
  OpenOptions options;
  options.protocol = static_cast<int>(NumberOption(from, "protocol", 0));
  const Napi::Value netns = from.Get("netns");
  if (netns.IsString()) options.netns = netns.As<Napi::String>().Utf8Value();
  options.fd = static_cast<int>(NumberOption(from, "fd", static_cast<uint32_t>(-1)));
  options.portid = NumberOption(from, "portid", 0);
  options.receive_buffer = static_cast<int>(NumberOption(from, "receiveBuffer", 0));
  options.ext_ack = FlagOption(from, "extAck");
  options.cap_ack = FlagOption(from, "capAck");
  options.strict_check = FlagOption(from, "strictCheck");
  options.all_nsid = FlagOption(from, "allNsid");
  return options;
}

// The way from a receive thread to a JavaScript function without arguments.
class WakeUp {
 public:
  WakeUp() = default;
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  bool Create(napi_env env, napi_value function) {
    const Napi::String name = Napi::String::New(env, "nlscope.receive");
    return napi_create_threadsafe_function(env, function, nullptr, name, 0, 1, nullptr, nullptr, nullptr, nullptr,
                                           &function_) == napi_ok;
  }
  // From any thread that ends before Release().
  void Call() const { napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking); }
  void Release() {
    if (function_ == nullptr) return;
    napi_release_threadsafe_function(function_, napi_tsfn_abort);
    function_ = nullptr;
  }

 private:
  napi_threadsafe_function function_ = nullptr;
};

class NetlinkSocket : public Napi::ObjectWrap<NetlinkSocket> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "NetlinkSocket",
                       {
                           InstanceAccessor<&NetlinkSocket::Portid>("portid"),
                           InstanceMethod<&NetlinkSocket::Join>("join"),
                           InstanceMethod<&NetlinkSocket::Leave>("leave"),
                           InstanceMethod<&NetlinkSocket::Send>("send"),
                           InstanceMethod<&NetlinkSocket::Take>("take"),
                           InstanceMethod<&NetlinkSocket::ReadCounters>("counters"),
                           InstanceMethod<&NetlinkSocket::CloseFromScript>("close"),
                       });
  }

  explicit NetlinkSocket(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NetlinkSocket>(info), env_(info.Env()) {
    if (!info[0].IsObject()) {
      Napi::TypeError::New(env_, "NetlinkSocket takes an object of options").ThrowAsJavaScriptException();
      return;
    }
    const Napi::Object options = info[0].As<Napi::Object>();
    Status status = OpenNetlink(ReadOptions(options), fd_);
    if (status.ok()) drops_at_open_ = ReadMemInfo(fd_.get()).drops;
    if (status.ok() && info[1].IsFunction()) {
      status = StartReceiving(info[1], NumberOption(options, "queueLimit", kDefaultQueueLimit));
    }
    if (status.ok()) return;
    Close();
    ThrowFailure(status);
  }

  ~NetlinkSocket() override { Close(); }

 private:
  Status StartReceiving(napi_value on_readable, size_t queue_limit) {
    if (!wake_.Create(env_, on_readable)) return {ENOMEM, "napi_create_threadsafe_function"};
    // Registered after the thread-safe function, so that it runs before that one is torn down.
    napi_add_env_cleanup_hook(env_, &NetlinkSocket::CloseAtExit, this);
    hooked_ = true;
    receiver_ = std::make_unique<Receiver>(fd_.get(), queue_limit, [this] { wake_.Call(); });
    return receiver_->Start();
  }

  static void CloseAtExit(void* self) {
    auto* const socket = static_cast<NetlinkSocket*>(self);
    socket->hooked_ = false;
    socket->Close();
  }

  void Close() {
    if (hooked_) napi_remove_env_cleanup_hook(env_, &NetlinkSocket::CloseAtExit, this);
    hooked_ = false;
    receiver_.reset();
    wake_.Release();
    fd_.Reset();
  }

  void ThrowFailure(const Status& status) {
    Napi::Error error = Napi::Error::New(env_, std::string(status.call) + ": " + strerror(status.code));
    error.Set("errno", Napi::Number::New(env_, status.code));
    error.Set("call", Napi::String::New(env_, status.call));
    error.ThrowAsJavaScriptException();
  }

  Napi::Value Portid(const Napi::CallbackInfo&) { return Napi::Number::New(env_, LocalPortid(fd_.get())); }

  // The methods below answer with an errno, 0 for success.

  Napi::Value Join(const Napi::CallbackInfo& info) { return Code(JoinGroup(fd_.get(), Unsigned(info[0]))); }

  Napi::Value Leave(const Napi::CallbackInfo& info) { return Code(LeaveGroup(fd_.get(), Unsigned(info[0]))); }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    if (!info[0].IsTypedArray()) return Code({EINVAL, "send"});
    const Napi::TypedArray bytes = info[0].As<Napi::TypedArray>();
    const auto* const data = static_cast<const uint8_t*>(bytes.ArrayBuffer().Data()) + bytes.ByteOffset();
    return Code(SendDatagram(fd_.get(), data, bytes.ByteLength(), Unsigned(info[1]), Unsigned(info[2])));
  }

  // The oldest batch in memory of its own, or undefined when there is none for now.
  Napi::Value Take(const Napi::CallbackInfo&) {
    if (receiver_ == nullptr) return env_.Undefined();
    const std::optional<Batch> batch = receiver_->Take();
    if (!batch.has_value()) return env_.Undefined();
    return BytesOf(*batch);
  }

  // While the environment is being torn down nothing can be made any more, and no exception tells of it.
  Napi::Value BytesOf(const Batch& batch) {
    void* data = nullptr;
    napi_value buffer = nullptr;
    napi_value bytes = nullptr;
    if (napi_create_arraybuffer(env_, batch.size(), &data, &buffer) != napi_ok || data == nullptr) return Napi::Value();
    memcpy(data, batch.data(), batch.size());
    if (napi_create_typedarray(env_, napi_uint8_array, batch.size(), buffer, 0, &bytes) != napi_ok) return Napi::Value();
    return Napi::Value(env_, bytes);
  }

  Napi::Value ReadCounters(const Napi::CallbackInfo&) {
    Napi::Object out = Napi::Object::New(env_);
    const auto put = [&](const char* name, uint64_t value) {
      out.Set(name, Napi::Number::New(env_, static_cast<double>(value)));
    };
    const uint32_t drops = fd_.valid() ? ReadMemInfo(fd_.get()).drops - drops_at_open_ : 0;
    put("socketDropped", drops);
    put("receiveBuffer", fd_.valid() ? static_cast<uint64_t>(ReceiveBuffer(fd_.get())) : 0);
    if (receiver_ == nullptr) return out;
    const Counters& counters = receiver_->counters();
    put("datagrams", counters.datagrams.load());
    put("bytes", counters.bytes.load());
    put("queueDropped", counters.queue_dropped.load());
    put("truncated", counters.truncated.load());
    put("queuedBytes", receiver_->queue().bytes());
    put("queuedBatches", receiver_->queue().size());
    put("failure", static_cast<uint64_t>(counters.failure.load()));
    out.Set("scheduling", Napi::String::New(env_, SchedulingName(counters.scheduling.load())));
    return out;
  }

  void CloseFromScript(const Napi::CallbackInfo&) { Close(); }

  Napi::Value Code(const Status& status) { return Napi::Number::New(env_, status.code); }

  static uint32_t Unsigned(const Napi::Value& value) {
    return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : 0;
  }

  const Napi::Env env_;
  UniqueFd fd_;
  WakeUp wake_;
  std::unique_ptr<Receiver> receiver_;
  uint32_t drops_at_open_ = 0;
  bool hooked_ = false;
};

// Nanoseconds since 1970 by the clock that stamps datagrams.
Napi::Value Realtime(const Napi::CallbackInfo& info) { return Napi::BigInt::New(info.Env(), RealtimeNs()); }

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("realtime", Napi::Function::New<Realtime>(env, "realtime"));
  exports.Set("NetlinkSocket", NetlinkSocket::Define(env));
  return exports;
}

}  // namespace
}  // namespace nlscope

static Napi::Object InitNlscope(Napi::Env env, Napi::Object exports) { return nlscope::Init(env, exports); }

NODE_API_MODULE(nlscope, InitNlscope)
