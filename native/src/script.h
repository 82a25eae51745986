// What the addon's classes share: options, errors, and the JavaScript end of a receive thread.
#pragma once

#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "receive_thread.h"

namespace nlscope {

uint32_t NumberOption(const Napi::Object& options, const char* name, uint32_t fallback);
bool FlagOption(const Napi::Object& options, const char* name);
// "" when it is absent.
std::string TextOption(const Napi::Object& options, const char* name);
// 0 when it is no number.
uint32_t Unsigned(const Napi::Value& value);

OpenOptions ReadOpenOptions(const Napi::Object& from);

void ThrowFailure(Napi::Env env, const Status& status);

// The way from a receive thread to a JavaScript function without arguments.
class WakeUp {
 public:
  WakeUp() = default;
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  bool Create(napi_env env, napi_value function);
  // From any thread that ends before Release().
  void Call() const { napi_call_threadsafe_function(function_, nullptr, napi_tsfn_nonblocking); }
  void Release();

 private:
  napi_threadsafe_function function_ = nullptr;
};

// A receive thread and what JavaScript has of it. Ends with the environment at the latest.
class ReceivingEnd {
 public:
  // Makes a receive thread of the kind that is wanted, given its queue's limit and what it calls to wake JavaScript.
  using Make = std::function<std::unique_ptr<ReceiveThread>(size_t queue_limit, std::function<void()> wake)>;

  // `close` closes the object that this end belongs to; it is called when the environment ends.
  ReceivingEnd(Napi::Env env, std::function<void()> close) : env_(env), close_(std::move(close)) {}
  ReceivingEnd(const ReceivingEnd&) = delete;
  ReceivingEnd& operator=(const ReceivingEnd&) = delete;

  // Option `queueLimit` bounds the queue.
  Status Start(const Napi::Object& options, napi_value on_readable, const Make& make);
  // The oldest batch in memory of its own, or undefined when there is none for now.
  Napi::Value Take();
  // Sets the properties that receiving sockets have beside others. Nothing before Start and after Close.
  void PutCounters(Napi::Object& out) const;
  void Close();

 private:
  static void CloseAtExit(void* self);
  Napi::Value BytesOf(const Batch& batch);

  const Napi::Env env_;
  const std::function<void()> close_;
  WakeUp wake_;
  std::unique_ptr<ReceiveThread> receiver_;
  bool hooked_ = false;
};

}  // namespace nlscope
