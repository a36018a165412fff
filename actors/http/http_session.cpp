#include "actors/http/http_session.hpp"

#include "actors/http/http_rules.hpp"
#include "actors/http/web_socket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/span.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <mutex>
#include <utility>

namespace flwr {
namespace {

namespace http = boost::beast::http;

constexpr uint64_t small_body_bytes = 1 << 20; // Of a body whose length isn't said.

http_fields fields_of(const http::fields& all) {
  http_fields out;
  for (auto& field : all)
    out.push_back({std::string{field.name_string()}, std::string{field.value()}});
  return out;
}

http_response response_to(boost::beast::error_code failed) {
  if (failed == http::error::header_limit)
    return text_response(431, "the header is too large\n");
  if (failed == http::error::body_limit)
    return text_response(413, "the body is too large\n");
  return text_response(400, "this isn't HTTP as this server knows it\n");
}

/// Whether the peer broke a rule, and isn't just gone.
bool deserves_an_answer(boost::beast::error_code failed) {
  return failed.category() == make_error_code(http::error::header_limit).category()
         && failed != http::error::end_of_stream && failed != http::error::partial_message;
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
  : core_(core), stream_(std::move(socket)) {
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
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
  core_.sessions.erase(shared_from_this());
}

// -- the request -------------------------------------------------------------------------------

void http_session::read_request() {
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(core_.cfg.max_header_bytes));
  parser_->body_limit(boost::none); // Known when the route is.
  reserved_.reset();
  stream_.expires_after(core_.cfg.idle_patience);
  if (buffer_.size() > 0)
    return read_header();
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error_code failed, size_t count) {
                            self->buffer_.commit(count);
                            self->on_first_byte(failed);
                          });
}

void http_session::on_first_byte(error_code failed) { failed ? close() : read_header(); }

void http_session::read_header() {
  stream_.expires_after(core_.cfg.header_patience);
  http::async_read_header(stream_, buffer_, *parser_, mine(&http_session::on_header));
}

void http_session::on_header(error_code failed) {
  if (failed)
    return fail(failed);
  auto& head = parser_->get();
  keep_alive_ = head.keep_alive();
  auto target = parse_target({head.target().data(), head.target().size()});
  if (!target)
    return refuse(text_response(400, "the target isn't one\n"));
  request_ = {.method = std::string{head.method_string()},
              .path = std::move(target->path),
              .query = std::move(target->query),
              .fields = fields_of(head),
              .body = {}};
  route_ = find_route(core_.cfg.routes, request_.path);
  if (head.count(http::field::host) > 1)
    return refuse(text_response(400, "one Host, please\n"));
  auto has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  auto wants_upgrade = boost::beast::websocket::is_upgrade(head);
  auto refusal = judge_header(request_, route_, core_.cfg.allow_hosts, has_body, wants_upgrade);
  if (refusal)
    return refuse(std::move(*refusal));
  wants_upgrade && route_->upgrade ? upgrade() : reserve_body();
}

// The body stays unread, so the connection can't be used again.
void http_session::refuse(http_response what) {
  auto has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  write(std::move(what), keep_alive_ && !has_body && parser_->is_header_done());
}

void http_session::reserve_body() {
  auto length = parser_->content_length();
  auto most = route_->max_body_bytes;
  if (length.value_or(0) > most)
    return refuse(text_response(413, "at most " + std::to_string(most) + " bytes go here\n"));
  if (!parser_->chunked() && length.value_or(0) == 0)
    return go_on();
  parser_->body_limit(most);
  stream_.expires_never();
  auto bytes = length ? *length : std::min<uint64_t>(most, small_body_bytes);
  core_.budget->reserve(bytes, [self = shared_from_this()](byte_budget::reservation share) {
    self->reserved_ = std::move(share);
    self->go_on();
  });
}

void http_session::go_on() {
  boost::beast::string_view expects = parser_->get()[http::field::expect];
  boost::beast::iequals(expects, "100-continue") ? invite_body() : read_body();
}

void http_session::invite_body() {
  static constexpr std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_.expires_after(core_.cfg.idle_patience);
  boost::asio::async_write(stream_, boost::asio::buffer(words),
                           [self = shared_from_this()](error_code failed, size_t) {
                             failed ? self->close() : self->read_body();
                           });
}

// Bit by bit, so that patience is for progress and not for all of it.
void http_session::read_body() {
  if (parser_->is_done())
    return serve();
  stream_.expires_after(core_.cfg.idle_patience);
  http::async_read_some(stream_, buffer_, *parser_, mine(&http_session::on_body));
}

void http_session::on_body(error_code failed) { failed ? fail(failed) : read_body(); }

void http_session::fail(error_code failed) {
  deserves_an_answer(failed) ? write(response_to(failed), false) : close();
}

// -- the answer --------------------------------------------------------------------------------

void http_session::serve() {
  struct held_body {
    bytes data;
    byte_budget::reservation share;
  };
  auto body =
    std::make_shared<held_body>(held_body{std::move(parser_->get().body()), std::move(reserved_)});
  request_.body = blob_ptr{body, &body->data};
  stream_.expires_never();
  answered_ = false;
  route_->serve(std::make_shared<exchange>(shared_from_this(), ++number_, std::move(request_)));
}

// The connection goes on as a WebSocket.
void http_session::upgrade() {
  stream_.expires_never();
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
  keep_alive_ = keep_alive;
  auto size = what.body ? what.body->size() : 0;
  auto without_body = parser_->get().method() == http::verb::head;
  written_ = without_body ? nullptr : std::move(what.body);
  response_.emplace();
  response_->result(what.status);
  response_->version(parser_->get().version() == 10 ? 10 : 11);
  response_->set(http::field::server, "flwr-actor");
  response_->set("X-Content-Type-Options", "nosniff");
  if (!what.content_type.empty())
    response_->set(http::field::content_type, what.content_type);
  for (auto& field : what.fields)
    response_->insert(field.name, field.value);
  if (written_)
    response_->body() = {written_->data(), written_->size()};
  response_->content_length(size);
  response_->keep_alive(keep_alive);
  serializer_.emplace(*response_);
  write_some();
}

void http_session::write_some() {
  stream_.expires_after(core_.cfg.idle_patience);
  http::async_write_some(stream_, *serializer_, mine(&http_session::on_written));
}

void http_session::on_written(error_code failed) {
  if (failed)
    return close();
  if (!serializer_->is_done())
    return write_some();
  written_.reset();
  keep_alive_ ? read_request() : close();
}

} // namespace flwr
