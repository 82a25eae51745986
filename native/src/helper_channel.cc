#include "helper_channel.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "../helper/channel.h"
#include "namespace.h"
#include "script.h"

namespace nlscope {

namespace {

// The helper answers at once; making an nlmon device may load a module first.
constexpr int kAnswerMilliseconds = 20000;

class HelperChannel : public Napi::ObjectWrap<HelperChannel> {
 public:
  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "HelperChannel",
                       {
                           InstanceAccessor<&HelperChannel::Peer>("peer"),
                           InstanceMethod<&HelperChannel::Greet>("greet"),
                           InstanceMethod<&HelperChannel::Open>("open"),
                           InstanceMethod<&HelperChannel::Join>("join"),
                           InstanceMethod<&HelperChannel::Send>("send"),
                           InstanceMethod<&HelperChannel::MakeTap>("makeTap"),
                           InstanceMethod<&HelperChannel::RemoveTap>("removeTap"),
                           InstanceMethod<&HelperChannel::Close>("close"),
                       });
  }

  explicit HelperChannel(const Napi::CallbackInfo& info) : Napi::ObjectWrap<HelperChannel>(info), env_(info.Env()) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
      ThrowFailure(env_, {errno, "socketpair"});
      return;
    }
    channel_ = UniqueFd(ends[0]);
    peer_ = UniqueFd(ends[1]);
  }

 private:
  // What came back of a call.
  struct Outcome {
    Status transport;
    HelperReply reply;
    UniqueFd fd;
    Status status() const { return transport.ok() ? Status{reply.code, reply.call} : transport; }
  };

  // The descriptor that becomes the helper's standard input.
  Napi::Value Peer(const Napi::CallbackInfo&) { return Napi::Number::New(env_, peer_.get()); }

  // Gives the helper's end away, once it has been started, and waits so many milliseconds for its first message: which
  // version it is and which of the capabilities (bits of linux/capability.h) it has.
  Napi::Value Greet(const Napi::CallbackInfo& info) {
    peer_.Reset();
    const Outcome outcome = Receive(static_cast<int>(Unsigned(info[0])));
    return Checked(outcome.status(), [&] {
      Napi::Object out = Napi::Object::New(env_);
      out.Set("version", Napi::Number::New(env_, outcome.reply.version));
      out.Set("capabilities", Napi::Number::New(env_, static_cast<double>(outcome.reply.capabilities)));
      return out;
    });
  }

  Napi::Value Open(const Napi::CallbackInfo& info) {
    const OpenOptions options = ReadOpenOptions(info[0].As<Napi::Object>());
    HelperRequest request;
    request.op = HelperOp::kOpen;
    request.protocol = static_cast<uint32_t>(options.protocol);
    request.portid = options.portid;
    request.receive_buffer = static_cast<uint32_t>(options.receive_buffer);
    request.flags = (options.ext_ack ? kHelperExtAck : 0) | (options.cap_ack ? kHelperCapAck : 0) |
                    (options.strict_check ? kHelperStrictCheck : 0) | (options.all_nsid ? kHelperAllNsid : 0);
    Outcome outcome = CallIn(options.netns, request);
    return Checked(outcome.status(), [&] { return Napi::Number::New(env_, outcome.fd.Release()); });
  }

  Napi::Value Join(const Napi::CallbackInfo& info) {
    HelperRequest request;
    request.op = HelperOp::kJoin;
    request.group = Unsigned(info[1]);
    return Code(Call(request, Socket(info)).status());
  }

  Napi::Value Send(const Napi::CallbackInfo& info) {
    if (!info[1].IsTypedArray()) return Code({EINVAL, "send"});
    const Napi::TypedArray bytes = info[1].As<Napi::TypedArray>();
    if (bytes.ByteLength() > kHelperLargestDatagram) return Code({EMSGSIZE, "send"});
    HelperRequest request;
    request.op = HelperOp::kSend;
    request.portid = Unsigned(info[2]);
    request.group = Unsigned(info[3]);
    request.size = static_cast<uint32_t>(bytes.ByteLength());
    const auto* const data = static_cast<const uint8_t*>(bytes.ArrayBuffer().Data()) + bytes.ByteOffset();
    return Code(Call(request, Socket(info), data).status());
  }

  Napi::Value MakeTap(const Napi::CallbackInfo& info) {
    HelperRequest request;
    request.op = HelperOp::kTap;
    Outcome outcome = CallIn(info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : std::string(), request);
    return Checked(outcome.status(), [&] {
      Napi::Object out = Napi::Object::New(env_);
      out.Set("fd", Napi::Number::New(env_, outcome.fd.Release()));
      out.Set("interface", Napi::Number::New(env_, outcome.reply.interface));
      out.Set("tap", Napi::Number::New(env_, outcome.reply.tap));
      out.Set("name", Napi::String::New(env_, outcome.reply.name));
      return out;
    });
  }

  Napi::Value RemoveTap(const Napi::CallbackInfo& info) {
    HelperRequest request;
    request.op = HelperOp::kUntap;
    request.tap = Unsigned(info[0]);
    return Code(Call(request, -1).status());
  }

  void Close(const Napi::CallbackInfo&) {
    channel_.Reset();
    peer_.Reset();
  }

  // The namespace is opened here, with the rights of this process.
  Outcome CallIn(const std::string& netns, const HelperRequest& request) {
    UniqueFd ns;
    if (!netns.empty()) {
      const Status status = OpenNamespace(netns.c_str(), ns);
      if (!status.ok()) return {status, {}, {}};
    }
    return Call(request, ns.get());
  }

  Outcome Call(const HelperRequest& request, int passed, const uint8_t* body = nullptr) {
    const Status status = SendMessage(channel_.get(), &request, sizeof request, body, request.size, passed);
    return status.ok() ? Receive(kAnswerMilliseconds) : Outcome{{status.code, "helper"}, {}, {}};
  }

  Outcome Receive(int timeout) {
    Outcome outcome;
    pollfd wait{channel_.get(), POLLIN, 0};
    const int ready = poll(&wait, 1, timeout);
    size_t size = 0;
    if (ready <= 0) {
      outcome.transport = {ready == 0 ? ETIMEDOUT : errno, "helper"};
    } else {
      outcome.transport = ReceiveMessage(channel_.get(), &outcome.reply, sizeof outcome.reply, size, outcome.fd);
      // A helper that could not be started, or ended, leaves the channel closed.
      if (outcome.transport.ok() && size != sizeof outcome.reply) outcome.transport = {ECONNRESET, "helper"};
    }
    if (!outcome.transport.ok()) {
      // Whichever call found out: it is the helper that is gone.
      outcome.transport.call = "helper";
      // An answer that comes late would be taken for that of the next call.
      channel_.Reset();
      return outcome;
    }
    outcome.reply.call[sizeof outcome.reply.call - 1] = 0;
    outcome.reply.name[sizeof outcome.reply.name - 1] = 0;
    return outcome;
  }

  template <typename Value>
  Napi::Value Checked(const Status& status, const Value& value) {
    if (status.ok()) return value();
    ThrowFailure(env_, status);
    return env_.Undefined();
  }

  // Methods that take a netlink socket take its descriptor first.
  static int Socket(const Napi::CallbackInfo& info) { return static_cast<int>(Unsigned(info[0])); }

  Napi::Value Code(const Status& status) { return Napi::Number::New(env_, status.code); }

  const Napi::Env env_;
  UniqueFd channel_;
  UniqueFd peer_;
};

}  // namespace

Napi::Function DefineHelperChannel(Napi::Env env) { return HelperChannel::Define(env); }

}  // namespace nlscope
