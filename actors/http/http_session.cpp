#include "actors/http/http_session.hpp"

#include "actors/http/http_rules.hpp"
#include "actors/http/web_socket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <mutex>
#include <utility>

namespace flwr {
namespace {

namespace http = boost::beast::http;

// What a body whose length isn't said gets at first, and each time that it needs more.
constexpr uint64_t growth_bytes = 1 << 20;

// At most so much is read in one go.
constexpr uint64_t piece_bytes = 64 << 10;

// For a peer to take the answer to a request that wasn't read whole.
constexpr auto parting_patience = std::chrono::milliseconds{1000};

template <class Parser>
bool has_body(const Parser& parser) {
  return parser.chunked() || parser.content_length().value_or(0) > 0;
}

} // namespace

/// The way from a route back to its session, from any thread.
class http_session::exchange final : public http_exchange {
public:
  exchange(const std::shared_ptr<http_session>& session, uint64_t number, http_request request)
    : core_(session->core_.shared_from_this()), session_(session), number_(number),
      loopback_(session->loopback_), request_(std::move(request)) {}

  ~exchange() override { respond(text_response(503, "nobody answers this just now\n")); }

  const http_request& request() const override { return request_; }
  bool from_loopback() const override { return loopback_; }

  void respond(http_response what) override {
    std::weak_ptr<http_session> session;
    {
      std::lock_guard lock{mutex_};
      session.swap(session_);
    }
    boost::asio::post(core_->io, [session, number = number_, what = std::move(what)]() mutable {
      if (auto self = session.lock())
        self->answer(number, std::move(what));
    });
  }

private:
  std::shared_ptr<http_core> core_;
  std::mutex mutex_;
  std::weak_ptr<http_session> session_;
  uint64_t number_;
  bool loopback_;
  http_request request_;
};

std::shared_ptr<http_core> make_http_core(http_server_config cfg) {
  auto core = std::make_shared<http_core>(std::move(cfg));
  auto post = [home = std::weak_ptr{core}](std::function<void()> what) {
    if (auto alive = home.lock())
      boost::asio::post(alive->io, std::move(what));
  };
  core->budget = std::make_shared<byte_budget>(core->cfg.body_bytes, std::move(post));
  return core;
}

http_session::http_session(http_core& core, boost::asio::ip::tcp::socket socket)
  : core_(core), stream_(std::move(socket)), timer_(core.io) {
  boost::beast::error_code unknown;
  auto peer = stream_.socket().remote_endpoint(unknown);
  loopback_ = !unknown && peer.address().is_loopback();
  stream_.socket().set_option(boost::asio::ip::tcp::no_delay{true}, unknown);
}

template <class Handler>
auto http_session::mine(Handler handler) {
  return [self = shared_from_this(), handler](error_code failed, size_t = 0) {
    (self.get()->*handler)(failed);
  };
}

void http_session::start() {
  core_.sessions.insert(shared_from_this());
  read_request();
}

void http_session::close() {
  error_code ignored;
  timer_.cancel();
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
  core_.sessions.erase(shared_from_this());
}

// Not the stream's own timer, which closes the socket, so that nothing could be said any more.
void http_session::allow(std::chrono::milliseconds patience) {
  late_ = false;
  timer_.expires_after(patience);
  timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
    auto self = weak.lock();
    if (!cancelled && self)
      self->run_out();
  });
}

void http_session::run_out() {
  if (timer_.expiry() > std::chrono::steady_clock::now())
    return; // It was on its way when patience began anew.
  late_ = true;
  stream_.cancel();
}

// -- the request -------------------------------------------------------------------------------

void http_session::read_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(core_.cfg.max_header_bytes));
  parser_->body_limit(boost::none); // Known when the route is.
  if (buffer_.size() > 0)
    return read_header();
  buffer_.shrink_to_fit(); // Many connections idle.
  allow(core_.cfg.idle_patience);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error_code failed, size_t count) {
                            self->buffer_.commit(count);
                            self->on_first_byte(failed);
                          });
}

void http_session::on_first_byte(error_code failed) { failed ? close() : read_header(); }

void http_session::read_header() {
  allow(core_.cfg.header_patience);
  http::async_read_header(stream_, buffer_, *parser_, mine(&http_session::on_header));
}

void http_session::on_header(error_code failed) {
  if (failed)
    return fail(failed);
  auto& head = parser_->get();
  keep_alive_ = head.keep_alive();
  auto target = parse_target({head.target().data(), head.target().size()});
  if (!target || !is_well_framed(head))
    return write(text_response(400, "it isn't clear what this request is for\n"), false);
  request_ = {.method = std::string{head.method_string()},
              .path = std::move(target->path),
              .query = std::move(target->query),
              .fields = fields_of(head),
              .body = {}};
  route_ = find_route(core_.cfg.routes, request_.path);
  auto wants_upgrade = boost::beast::websocket::is_upgrade(head);
  auto refusal =
    judge_header(request_, route_, core_.cfg.allow_hosts, has_body(*parser_), wants_upgrade);
  if (refusal)
    return refuse(std::move(*refusal));
  wants_upgrade && route_->upgrade ? upgrade() : reserve_body();
}

// A body stays unread, so the connection can't be used again.
void http_session::refuse(http_response what) {
  write(std::move(what), keep_alive_ && !has_body(*parser_));
}

void http_session::reserve_body() {
  auto most = route_->max_body_bytes;
  auto length = parser_->content_length().value_or(0);
  if (length > most)
    return refuse(text_response(413, "at most " + std::to_string(most) + " bytes go here\n"));
  parser_->body_limit(most);
  due_bytes_ = 0;
  room_bytes_ = parser_->chunked() ? std::min(most, growth_bytes) : length;
  if (room_bytes_ == 0)
    return begin_body(nullptr);
  timer_.cancel(); // It isn't the peer who is waited for.
  core_.budget->reserve(room_bytes_, [self = shared_from_this()](byte_budget::share_ptr share) {
    self->begin_body(std::move(share));
  });
}

void http_session::begin_body(byte_budget::share_ptr share) {
  share_ = std::move(share);
  expects_invitation(parser_->get()) ? invite_body() : read_body();
}

void http_session::invite_body() {
  static constexpr std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
  allow(core_.cfg.idle_patience);
  boost::asio::async_write(stream_, boost::asio::buffer(words),
                           [self = shared_from_this()](error_code failed, size_t) {
                             failed ? self->close() : self->read_body();
                           });
}

// Bit by bit, so that patience is for progress and not for all of it. A byte now and then is none.
void http_session::read_body() {
  if (parser_->is_done())
    return serve();
  auto come = parser_->get().body().size();
  if (parser_->chunked() && come + piece_bytes > room_bytes_
      && room_bytes_ < route_->max_body_bytes)
    return grow();
  if (come >= due_bytes_) {
    allow(core_.cfg.idle_patience);
    due_bytes_ = come + piece_bytes;
  }
  http::async_read_some(stream_, buffer_, *parser_, mine(&http_session::on_body));
}

void http_session::grow() {
  auto more = std::min(growth_bytes, route_->max_body_bytes - room_bytes_);
  room_bytes_ += more;
  due_bytes_ = 0;
  timer_.cancel();
  core_.budget->grow(std::exchange(share_, nullptr), more,
                     [self = shared_from_this()](byte_budget::share_ptr share) {
                       self->share_ = std::move(share);
                       self->read_body();
                     });
}

void http_session::on_body(error_code failed) { failed ? fail(failed) : read_body(); }

void http_session::fail(error_code failed) {
  if (std::exchange(late_, false))
    return write(text_response(408, "this takes too long\n"), false);
  is_peers_fault(failed) ? write(refusal_of(failed), false) : close();
}

// -- the answer --------------------------------------------------------------------------------

void http_session::serve() {
  struct held_body {
    bytes data;
    byte_budget::share_ptr share;
  };
  auto body =
    std::make_shared<held_body>(held_body{std::move(parser_->get().body()), std::move(share_)});
  request_.body = blob_ptr{body, &body->data};
  timer_.cancel();
  answered_ = false;
  route_->serve(std::make_shared<exchange>(shared_from_this(), ++number_, std::move(request_)));
}

// The connection goes on as a WebSocket. Its client has to wait for the answer (RFC 6455, 4.1).
void http_session::upgrade() {
  if (has_body(*parser_) || buffer_.size() > 0)
    return write(text_response(400, "there is more than a request to upgrade\n"), false);
  timer_.cancel();
  auto socket = std::make_shared<web_socket_session>(core_, std::move(stream_), *route_);
  core_.sessions.erase(shared_from_this());
  socket->start(parser_->release());
}

void http_session::answer(uint64_t number, http_response what) {
  if (number != number_ || std::exchange(answered_, true))
    return;
  write(std::move(what), keep_alive_);
}

void http_session::write(http_response what, bool keep_alive) {
  share_.reset();
  keep_alive_ = keep_alive;
  auto& head = parser_->get();
  outgoing_.emplace(std::move(what), response_frame{.version = head.version() == 10 ? 10u : 11u,
                                                    .is_head = head.method() == http::verb::head,
                                                    .keep_alive = keep_alive});
  write_some();
}

void http_session::write_some() {
  allow(core_.cfg.idle_patience);
  http::async_write_some(stream_, outgoing_->writer(), mine(&http_session::on_written));
}

void http_session::on_written(error_code failed) {
  if (failed)
    return close();
  if (!outgoing_->writer().is_done())
    return write_some();
  outgoing_.reset();
  keep_alive_ ? read_request() : part();
}

// If unread bytes were here when the socket is closed, the peer would lose the answer to a reset.
void http_session::part() {
  error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  parser_.reset(); // And with it what there is of a body.
  buffer_.clear();
  allow(parting_patience);
  drain();
}

void http_session::drain() {
  stream_.async_read_some(buffer_.prepare(piece_bytes),
                          [self = shared_from_this()](error_code failed, size_t) {
                            failed || self->late_ ? self->close() : self->drain();
                          });
}

} // namespace flwr
