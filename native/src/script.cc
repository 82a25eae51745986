#include "script.h"

#include <errno.h>
#include <string.h>

#include <optional>

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

}  // namespace

uint32_t NumberOption(const Napi::Object& options, const char* name, uint32_t fallback) {
  const Napi::Value value = options.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : fallback;
}

bool FlagOption(const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

std::string TextOption(const Napi::Object& options, const char* name) {
  const Napi::Value value = options.Get(name);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}

uint32_t Unsigned(const Napi::Value& value) {
  return value.IsNumber() ? value.As<Napi::Number>().Uint32Value() : 0;
}

OpenOptions ReadOpenOptions(const Napi::Object& from) {
  OpenOptions options;
  options.protocol = static_cast<int>(NumberOption(from, "protocol", 0));
  options.netns = TextOption(from, "netns");
  options.fd = static_cast<int>(NumberOption(from, "fd", static_cast<uint32_t>(-1)));
  options.portid = NumberOption(from, "portid", 0);
  options.receive_buffer = static_cast<int>(NumberOption(from, "receiveBuffer", 0));
  options.ext_ack = FlagOption(from, "extAck");
  options.cap_ack = FlagOption(from, "capAck");
  options.strict_check = FlagOption(from, "strictCheck");
  options.all_nsid = FlagOption(from, "allNsid");
  return options;
}

void ThrowFailure(Napi::Env env, const Status& status) {
  Napi::Error error = Napi::Error::New(env, std::string(status.call) + ": " + strerror(status.code));
  error.Set("errno", Napi::Number::New(env, status.code));
  error.Set("call", Napi::String::New(env, status.call));
  error.ThrowAsJavaScriptException();
}

bool WakeUp::Create(napi_env env, napi_value function) {
  const Napi::String name = Napi::String::New(env, "nlscope.receive");
  return napi_create_threadsafe_function(env, function, nullptr, name, 0, 1, nullptr, nullptr, nullptr, nullptr,
                                         &function_) == napi_ok;
}

void WakeUp::Release() {
  if (function_ == nullptr) return;
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
  function_ = nullptr;
}

Status ReceivingEnd::Start(const Napi::Object& options, napi_value on_readable, const Make& make) {
  if (!wake_.Create(env_, on_readable)) return {ENOMEM, "napi_create_threadsafe_function"};
  // Registered after the thread-safe function, so that it runs before that one is torn down.
  napi_add_env_cleanup_hook(env_, &ReceivingEnd::CloseAtExit, this);
  hooked_ = true;
  receiver_ = make(NumberOption(options, "queueLimit", kDefaultQueueLimit), [this] { wake_.Call(); });
  return receiver_->Start();
}

void ReceivingEnd::CloseAtExit(void* self) {
  auto* const end = static_cast<ReceivingEnd*>(self);
  end->hooked_ = false;
  end->close_();
}

void ReceivingEnd::Close() {
  if (hooked_) napi_remove_env_cleanup_hook(env_, &ReceivingEnd::CloseAtExit, this);
  hooked_ = false;
  receiver_.reset();
  wake_.Release();
}

Napi::Value ReceivingEnd::Take() {
  if (receiver_ == nullptr) return env_.Undefined();
  const std::optional<Batch> batch = receiver_->Take();
  if (!batch.has_value()) return env_.Undefined();
  return BytesOf(*batch);
}

// While the environment is being torn down nothing can be made any more, and no exception tells of it.
Napi::Value ReceivingEnd::BytesOf(const Batch& batch) {
  void* data = nullptr;
  napi_value buffer = nullptr;
  napi_value bytes = nullptr;
  if (napi_create_arraybuffer(env_, batch.size(), &data, &buffer) != napi_ok || data == nullptr) return Napi::Value();
  memcpy(data, batch.data(), batch.size());
  if (napi_create_typedarray(env_, napi_uint8_array, batch.size(), buffer, 0, &bytes) != napi_ok) return Napi::Value();
  return Napi::Value(env_, bytes);
}

void ReceivingEnd::PutCounters(Napi::Object& out) const {
  if (receiver_ == nullptr) return;
  const auto put = [&](const char* name, uint64_t value) {
    out.Set(name, Napi::Number::New(env_, static_cast<double>(value)));
  };
  const Counters& counters = receiver_->counters();
  if (receiver_->dropped().has_value()) put("socketDropped", *receiver_->dropped());
  put("datagrams", counters.datagrams.load());
  put("bytes", counters.bytes.load());
  put("queueDropped", counters.queue_dropped.load());
  put("truncated", counters.truncated.load());
  put("queuedBytes", receiver_->queue().bytes());
  put("queuedBatches", receiver_->queue().size());
  put("failure", static_cast<uint64_t>(counters.failure.load()));
  out.Set("scheduling", Napi::String::New(env_, SchedulingName(counters.scheduling.load())));
}

}  // namespace nlscope
