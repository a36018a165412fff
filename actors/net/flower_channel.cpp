#include "actors/net/flower_channel.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <deque>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

namespace flwr {
namespace {

constexpr auto join_method = "/flwr.proto.FlowerService/Join";

/// Keeps a channel until the process ends. gRPC's threads for callbacks end with the last channel,
/// and a call that is over lets go of its channel on one of them: the thread would wait for itself,
/// and free the queue that it still works on (an assertion of ref_counted.h, now and then).
std::shared_ptr<grpc::Channel> for_good(std::shared_ptr<grpc::Channel> channel) {
  static auto& all = *new std::vector<std::shared_ptr<grpc::Channel>>;
  static auto& mutex = *new std::mutex;
  std::lock_guard lock{mutex};
  return all.emplace_back(std::move(channel));
}

std::shared_ptr<grpc::Channel> channel_to(const std::string& server) {
  constexpr int most = std::numeric_limits<int>::max();
  grpc::ChannelArguments args;
  args.SetUserAgentPrefix("flwr-actor/" FLWR_VERSION);
  args.SetMaxReceiveMessageSize(most);
  args.SetMaxSendMessageSize(most);
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0); // The environment's proxy isn't asked.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  args.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // We dial again ourselves, and tell people; gRPC needn't wait on top of that.
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return for_good(grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), args));
}

// The mirror image of the server's join_reactor; see there.
class call_reactor final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public join_stream,
                           public std::enable_shared_from_this<call_reactor> {
public:
  explicit call_reactor(join_client_actor listener) : listener_(std::move(listener)) {}

  void open(grpc::GenericStub& stub) {
    keep_alive_ = shared_from_this(); // gRPC holds a raw pointer until OnDone.
    stub.PrepareBidiStreamingCall(&context_, join_method, grpc::StubOptions{}, this);
    AddHold(); // Reads and writes start from an actor's thread.
    StartCall();
  }

  void write(grpc::ByteBuffer msg) override {
    std::lock_guard lock{mutex_};
    if (over_ || finishing_)
      return;
    outbox_.push_back(std::move(msg));
    if (outbox_.size() == 1)
      StartWrite(&outbox_.front());
  }

  void read_next() override {
    std::lock_guard lock{mutex_};
    if (!over_)
      StartRead(&inbox_);
  }

  void finish(grpc::Status status) override {
    if (!status.ok())
      return cancel();
    std::lock_guard lock{mutex_};
    if (over_ || std::exchange(finishing_, true))
      return;
    if (outbox_.empty()) // Otherwise OnWriteDone does.
      StartWritesDone();
  }

  void OnReadDone(bool ok) override {
    if (!ok)
      return end();
    auto raw = std::make_shared<grpc::ByteBuffer>();
    raw->Swap(&inbox_);
    caf::anon_send(listener_, atom::inbound_v, raw_message_ptr{std::move(raw)});
  }

  void OnWriteDone(bool ok) override {
    auto alive = shared_from_this();
    std::lock_guard lock{mutex_};
    outbox_.pop_front();
    if (!ok || over_)
      outbox_.clear();
    if (!outbox_.empty())
      StartWrite(&outbox_.front());
    else if (finishing_ && !over_)
      StartWritesDone();
  }

  void OnDone(const grpc::Status& status) override {
    caf::anon_send(listener_, atom::left_v, status);
    listener_ = nullptr;
    keep_alive_.reset(); // May delete this.
  }

private:
  // There may be no read that could tell the end.
  void cancel() {
    context_.TryCancel();
    end();
  }

  // A read that failed is the end of the call: nothing starts after it.
  void end() {
    auto alive = shared_from_this(); // Without the hold OnDone may come at once.
    std::unique_lock lock{mutex_};
    auto was_over = std::exchange(over_, true);
    lock.unlock();
    if (!was_over)
      RemoveHold();
  }

  grpc::ClientContext context_;
  join_client_actor listener_;
  std::shared_ptr<call_reactor> keep_alive_;
  grpc::ByteBuffer inbox_;
  std::mutex mutex_;
  std::deque<grpc::ByteBuffer> outbox_; // front() is being written.
  bool finishing_ = false;
  bool over_ = false;
};

} // namespace

class flower_channel::body {
public:
  explicit body(const std::string& server) : stub_(channel_to(server)) {}

  join_stream_ptr join(join_client_actor listener) {
    auto call = std::make_shared<call_reactor>(std::move(listener));
    call->open(stub_);
    return call;
  }

private:
  grpc::GenericStub stub_;
};

flower_channel::flower_channel(const std::string& server) : body_(std::make_shared<body>(server)) {}
flower_channel::~flower_channel() = default;

join_stream_ptr flower_channel::join(join_client_actor listener) {
  return body_->join(std::move(listener));
}

} // namespace flwr
