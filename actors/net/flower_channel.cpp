#include "actors/net/flower_channel.hpp"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace flwr {
namespace {

constexpr auto join_method = "/flwr.proto.FlowerService/Join";

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
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), args);
}

class call_reactor;

/// The calls of a channel that aren't over. gRPC's threads for callbacks end with the last channel,
/// and a call lets go of its channel on one of them: if nobody else held it, the thread would wait
/// for itself, and free the queue that it works on. So a channel outlives its calls.
class open_calls {
public:
  void add(call_reactor& which) {
    std::lock_guard lock{mutex_};
    calls_.insert(&which);
  }

  void remove(call_reactor& which) {
    std::lock_guard lock{mutex_};
    calls_.erase(&which);
    if (calls_.empty())
      none_.notify_all();
  }

  /// Cancels those that are left, and waits for their ends: never on a thread of gRPC's.
  void end_all();

private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::set<call_reactor*> calls_;
};

// The mirror image of the server's join_reactor; see there.
class call_reactor final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public join_stream,
                           public std::enable_shared_from_this<call_reactor> {
public:
  call_reactor(join_client_actor listener, std::shared_ptr<open_calls> all)
    : all_(std::move(all)), listener_(std::move(listener)) {}

  void open(grpc::GenericStub& stub) {
    keep_alive_ = shared_from_this(); // gRPC holds a raw pointer until OnDone.
    all_->add(*this);
    stub.PrepareBidiStreamingCall(&*context_, join_method, grpc::StubOptions{}, this);
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
    {
      std::lock_guard lock{mutex_};
      context_.reset(); // And with it the channel.
    }
    auto all = all_;
    auto self = std::exchange(keep_alive_, nullptr);
    all->remove(*self);
  }

  // There may be no read that could tell the end.
  void cancel() {
    try_cancel();
    end();
  }

private:
  // Not under the mutex: gRPC may call OnReadDone before it is back.
  void try_cancel() {
    std::unique_lock lock{mutex_};
    auto context = context_;
    lock.unlock();
    if (context)
      context->TryCancel();
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

  std::shared_ptr<grpc::ClientContext> context_ =
    std::make_shared<grpc::ClientContext>(); // Null once the call is over.
  std::shared_ptr<open_calls> all_;
  join_client_actor listener_;
  std::shared_ptr<call_reactor> keep_alive_;
  grpc::ByteBuffer inbox_;
  std::mutex mutex_;
  std::deque<grpc::ByteBuffer> outbox_; // front() is being written.
  bool finishing_ = false;
  bool over_ = false;
};

void open_calls::end_all() {
  std::unique_lock lock{mutex_};
  std::vector<std::shared_ptr<call_reactor>> left;
  for (auto* call : calls_) // None of them goes before it is removed.
    left.push_back(call->shared_from_this());
  lock.unlock();
  for (auto& call : left)
    call->cancel();
  lock.lock();
  none_.wait(lock, [this] { return calls_.empty(); });
}

} // namespace

class flower_channel::body {
public:
  explicit body(const std::string& server) : stub_(channel_to(server)) {}
  ~body() { calls_->end_all(); }

  join_stream_ptr join(join_client_actor listener) {
    auto call = std::make_shared<call_reactor>(std::move(listener), calls_);
    call->open(stub_);
    return call;
  }

private:
  grpc::GenericStub stub_;
  std::shared_ptr<open_calls> calls_ = std::make_shared<open_calls>();
};

flower_channel::flower_channel(const std::string& server) : body_(std::make_unique<body>(server)) {}
flower_channel::~flower_channel() = default;

join_stream_ptr flower_channel::join(join_client_actor listener) {
  return body_->join(std::move(listener));
}

} // namespace flwr
