#include "actors/http/http_server.hpp"

#include "actors/http/http_session.hpp"
#include "actors/http/web_socket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace flwr {
namespace {

using boost::asio::ip::tcp;

// After an accept that failed for want of files: not at once, and not never.
constexpr auto accept_pause = std::chrono::milliseconds{100};

caf::error cannot_listen(const http_server_config& cfg, boost::system::error_code why) {
  auto host = cfg.host.find(':') == std::string::npos ? cfg.host : "[" + cfg.host + "]";
  return make_error(
    ec::usage, "can't listen on " + host + ":" + std::to_string(cfg.port) + ": " + why.message()
                 + "; end what uses it, or name another address of this machine with --http");
}

boost::system::error_code open(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  boost::system::error_code failed, ignored;
  acceptor.close(ignored);
  acceptor.open(where.protocol(), failed);
  if (!failed)
    acceptor.set_option(tcp::acceptor::reuse_address{true}, failed);
  if (!failed)
    acceptor.bind(where, failed);
  if (!failed)
    acceptor.listen(tcp::acceptor::max_listen_connections, failed);
  return failed;
}

/// Where a name may be listened on. IPv4 comes first: that is where people look for "localhost".
expected<std::vector<tcp::endpoint>> endpoints_of(const http_server_config& cfg) {
  boost::asio::io_context io;
  boost::system::error_code failed;
  auto found =
    tcp::resolver{io}.resolve(cfg.host, std::to_string(cfg.port), tcp::resolver::passive, failed);
  if (failed)
    return cannot_listen(cfg, failed);
  std::vector<tcp::endpoint> all{found.begin(), found.end()};
  std::ranges::stable_partition(all, [](auto& each) { return each.address().is_v4(); });
  return all;
}

} // namespace

http_route get_route(std::string path, std::function<void(http_exchange_ptr)> serve) {
  return {.path = std::move(path),
          .methods = {"GET", "HEAD"},
          .content_type = {},
          .max_body_bytes = 0,
          .serve = std::move(serve),
          .upgrade = {}};
}

class http_server::body {
public:
  explicit body(http_server_config cfg)
    : core_(make_http_core(std::move(cfg))), acceptor_(core_->io), pause_(core_->io) {
    core_->cfg.allow_hosts.push_back(core_->cfg.host);
  }

  ~body() {
    if (!thread_.joinable())
      return;
    boost::asio::post(core_->io, [this] { close(); });
    thread_.join();
  }

  expected<void> listen() {
    auto where = endpoints_of(core_->cfg);
    if (!where)
      return where.error();
    boost::system::error_code failed;
    for (auto& each : *where)
      if (failed = open(acceptor_, each); !failed)
        break;
    if (failed)
      return cannot_listen(core_->cfg, failed);
    accept();
    thread_ = std::thread{[this] { core_->io.run(); }};
    return caf::unit;
  }

  uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void count_connections(std::function<void(uint64_t)> then) {
    boost::asio::post(core_->io, [this, then = std::move(then)] { then(core_->sessions.size()); });
  }

  void set_body_bytes(uint64_t total) {
    boost::asio::post(core_->io, [this, total] { core_->set_body_bytes(total); });
  }

private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code failed, tcp::socket socket) {
      if (core_->closing)
        return;
      if (failed)
        return rest();
      take(std::move(socket));
      accept();
    });
  }

  // Over the limit a connection ends at once: those that are here go on.
  void take(tcp::socket socket) {
    if (core_->connections() < core_->cfg.max_connections)
      std::make_shared<http_session>(*core_, std::move(socket))->start();
  }

  void rest() {
    pause_.expires_after(accept_pause);
    pause_.async_wait([this](boost::system::error_code failed) {
      if (!failed && !core_->closing)
        accept();
    });
  }

  void close() {
    boost::system::error_code ignored;
    core_->closing = true;
    acceptor_.close(ignored);
    pause_.cancel();
    core_->close_rows();
    for (auto& session : std::exchange(core_->sessions, {}))
      session->close();
    for (auto& socket : std::set{core_->sockets})
      socket->end();
  }

  std::shared_ptr<http_core> core_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::thread thread_;
};

expected<http_server> http_server::listen(http_server_config cfg) {
  auto made = std::make_unique<body>(std::move(cfg));
  auto listening = made->listen();
  return listening ? expected<http_server>{http_server{std::move(made)}} : listening.error();
}

http_server::http_server(std::unique_ptr<body> made) : body_(std::move(made)) {}
http_server::http_server(http_server&&) noexcept = default;
http_server& http_server::operator=(http_server&&) noexcept = default;
http_server::~http_server() = default;

uint16_t http_server::port() const { return body_->port(); }

void http_server::count_connections(std::function<void(uint64_t)> then) const {
  body_->count_connections(std::move(then));
}

void http_server::set_body_bytes(uint64_t total) { body_->set_body_bytes(total); }

} // namespace flwr
