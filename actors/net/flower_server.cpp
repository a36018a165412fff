#include "actors/net/flower_server.hpp"

#include "actors/net/connection_acceptor.hpp"
#include "proto/transport.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view our_agent = "flwr-actor/";
constexpr auto goodbye_patience = 2s;

/// The longest of many spans.
class longest_span {
public:
  /// Measures from its making to its end.
  class measure {
  public:
    explicit measure(longest_span& to) : to_(to) {}
    ~measure() { to_.note(std::chrono::steady_clock::now() - since_); }

  private:
    longest_span& to_;
    std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  };

  std::chrono::nanoseconds get() const { return std::chrono::nanoseconds{longest_.load()}; }

private:
  void note(std::chrono::nanoseconds span) {
    auto before = longest_.load();
    while (span.count() > before && !longest_.compare_exchange_weak(before, span.count())) {
    }
  }

  std::atomic<int64_t> longest_{0};
};

// gRPC calls the On* hooks on its own threads; the session calls the join_stream side on an actor
// thread. The mutex guards only the flags and the outbox; no hook waits for an actor, and no actor
// waits for a hook.
class join_reactor final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public join_stream,
                           public std::enable_shared_from_this<join_reactor> {
public:
  explicit join_reactor(longest_span& longest) : longest_(longest) {}

  void open(const flower_server_config& cfg, bool is_ours) {
    keep_alive_ = shared_from_this(); // gRPC holds a raw pointer until OnDone.
    session_ = cfg.open(shared_from_this(), is_ours);
    if (!session_)
      finish({grpc::StatusCode::UNAVAILABLE, "the server isn't ready yet"});
  }

  void write(grpc::ByteBuffer msg) override {
    std::lock_guard lock{mutex_};
    if (finishing_)
      return;
    outbox_.push_back(std::move(msg));
    if (outbox_.size() == 1)
      StartWrite(&outbox_.front());
  }

  void read_next() override {
    std::lock_guard lock{mutex_};
    if (!finishing_)
      StartRead(&inbox_);
  }

  void finish(grpc::Status status) override {
    std::lock_guard lock{mutex_};
    if (finishing_)
      return;
    finishing_ = std::move(status);
    if (outbox_.empty()) // Otherwise OnWriteDone finishes.
      Finish(*finishing_);
  }

  void OnReadDone(bool ok) override {
    longest_span::measure here{longest_};
    auto alive = shared_from_this(); // After Finish, OnDone may come at once.
    if (!ok)
      return finish(grpc::Status::OK);
    auto raw = std::make_shared<grpc::ByteBuffer>();
    raw->Swap(&inbox_);
    caf::anon_send(session_, atom::inbound_v, raw_message_ptr{std::move(raw)});
  }

  void OnWriteDone(bool ok) override {
    longest_span::measure here{longest_};
    auto alive = shared_from_this();
    std::lock_guard lock{mutex_};
    outbox_.pop_front();
    if (!ok)
      outbox_.clear();
    if (!outbox_.empty())
      StartWrite(&outbox_.front());
    else if (finishing_)
      Finish(*finishing_);
  }

  void OnCancel() override {
    longest_span::measure here{longest_};
    auto alive = shared_from_this();
    finish(grpc::Status::CANCELLED);
  }

  // Nothing starts after Finish, so the session's late calls find `finishing_` and do nothing.
  void OnDone() override {
    longest_span::measure here{longest_};
    if (session_)
      caf::anon_send(session_, atom::left_v);
    session_ = nullptr;
    keep_alive_.reset(); // May delete this.
  }

private:
  longest_span& longest_; // Outlives us.
  join_session_actor session_;
  std::shared_ptr<join_reactor> keep_alive_;
  grpc::ByteBuffer inbox_;
  std::mutex mutex_;
  std::deque<grpc::ByteBuffer> outbox_; // front() is being written.
  std::optional<grpc::Status> finishing_;
};

class flower_service final
  : public proto::FlowerService::WithRawCallbackMethod_Join<proto::FlowerService::Service> {
public:
  explicit flower_service(const flower_server_config& cfg) : cfg_(cfg) {}

  // gRPC holds back what is started here until the reactor is bound, so OnDone can't overtake it.
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
  Join(grpc::CallbackServerContext* context) override {
    longest_span::measure here{*longest};
    auto reactor = std::make_shared<join_reactor>(*longest);
    reactor->open(cfg_, is_ours(*context));
    return reactor.get();
  }

  std::shared_ptr<longest_span> longest = std::make_shared<longest_span>();

private:
  static bool is_ours(const grpc::CallbackServerContext& context) {
    auto agent = context.client_metadata().find("user-agent");
    return agent != context.client_metadata().end()
           && std::string_view{agent->second.data(), agent->second.size()}.starts_with(our_agent);
  }

  const flower_server_config& cfg_;
};

void configure(grpc::ServerBuilder& builder, const flower_server_config& cfg) {
  constexpr int most = std::numeric_limits<int>::max();
  builder.SetMaxReceiveMessageSize(most);
  builder.SetMaxSendMessageSize(most);
  for (auto bomb : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) // Models don't get smaller anyway.
    builder.SetCompressionAlgorithmSupportStatus(bomb, false);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             static_cast<int>(cfg.keepalive_time.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             static_cast<int>(cfg.keepalive_timeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
}

} // namespace

class flower_server::body {
public:
  explicit body(flower_server_config cfg) : cfg_(std::move(cfg)), service_(cfg_) {
    set_memory(least_memory_bytes);
  }

  ~body() {
    acceptor_.reset();
    if (server_)
      server_->Shutdown(std::chrono::system_clock::now() + goodbye_patience);
  }

  expected<void> listen() {
    grpc::ServerBuilder builder;
    configure(builder, cfg_);
    builder.SetResourceQuota(quota_);
    handover_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    if (!server_)
      return make_error(ec::io, "gRPC can't start its server");
    auto acceptor = connection_acceptor::listen(
      cfg_.host, cfg_.port, cfg_.spare_files,
      [this](int listener, int connection) { hand_over(listener, connection); });
    if (!acceptor)
      return acceptor.error();
    acceptor_ = std::move(*acceptor);
    return caf::unit;
  }

  void set_memory(uint64_t bytes) { quota_.Resize(bytes); }

  uint16_t port() const { return acceptor_->port(); }
  std::shared_ptr<const longest_span> longest() const { return service_.longest; }

private:
  void hand_over(int listener, int connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters what;
    what.listener_fd = listener;
    what.fd = connection;
    handover_->HandleNewConnection(&what);
  }

  flower_server_config cfg_;
  flower_service service_;
  grpc::ResourceQuota quota_{"flower_server"};
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> handover_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<connection_acceptor> acceptor_;
};

expected<flower_server> flower_server::listen(flower_server_config cfg) {
  auto made = std::make_unique<body>(std::move(cfg));
  auto listening = made->listen();
  return listening ? expected<flower_server>{flower_server{std::move(made)}} : listening.error();
}

flower_server::flower_server(std::unique_ptr<body> made) : body_(std::move(made)) {}
flower_server::flower_server(flower_server&&) noexcept = default;
flower_server& flower_server::operator=(flower_server&&) noexcept = default;
flower_server::~flower_server() = default;

void flower_server::set_memory(uint64_t bytes) { body_->set_memory(bytes); }

uint16_t flower_server::port() const { return body_->port(); }

std::function<std::chrono::nanoseconds()> flower_server::longest_callback() const {
  return [longest = body_->longest()] { return longest->get(); };
}

} // namespace flwr
