#include "actors/http/http_session.hpp"

#include "actors/http/http_rules.hpp"
#include "actors/http/session_ways.hpp"
#include "actors/http/web_socket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace http = boost::beast::http;

constexpr uint64_t piece_bytes = 64 << 10; // What counts as progress.

// Takes no more than a header may.
constexpr uint64_t free_bytes = 16 << 10;

// About as much is read in one go.
constexpr uint64_t read_bytes = 16 << 10;

// For a peer to take the answer to a request that wasn't read whole.
constexpr auto parting_patience = std::chrono::milliseconds{1000};

template <class Parser>
bool has_body(const Parser& parser) {
  return parser.chunked() || parser.content_length().value_or(0) > 0;
}

http_response too_slow(std::chrono::milliseconds patience) {
  auto refusal = text_response(503, "others wait for the room that this body takes, and it comes "
                                    "too slowly; send it again later\n");
  auto pause = std::chrono::ceil<std::chrono::seconds>(patience);
  refusal.fields.push_back({"Retry-After", std::to_string(std::max<int64_t>(1, pause.count()))});
  return refusal;
}

} // namespace

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
  forget_answer();
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

// A byte now and then is no progress.
void http_session::allow_for(uint64_t bytes) {
  if (bytes < due_bytes_)
    return;
  allow(core_.cfg.idle_patience);
  due_bytes_ = bytes + piece_bytes;
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
  await_bytes(&http_session::on_first_byte);
}

void http_session::await_bytes(void (http_session::*then)(error_code)) {
  allow(core_.cfg.idle_patience);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this(), then](error_code failed, size_t count) {
                            self->buffer_.commit(count);
                            (self.get()->*then)(failed);
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
  wants_upgrade && route_->upgrade ? upgrade() : measure_body();
}

// A body stays unread, so the connection can't be used again.
void http_session::refuse(http_response what) {
  write(std::move(what), keep_alive_ && !has_body(*parser_));
}

void http_session::measure_body() {
  auto most = route_->max_body_bytes;
  auto length = parser_->content_length().value_or(0);
  if (length > most)
    return refuse(text_response(413, "at most " + std::to_string(most) + " bytes go here\n"));
  parser_->body_limit(most);
  body_bytes_ = parser_->chunked() ? most : length;
  room_ = (route_->admit ? core_.guarded_room : core_.open_room).get();
  room_bytes_ = body_bytes_ <= free_bytes ? body_bytes_ : 0;
  due_bytes_ = 0;
  route_->admit ? ask_admission() : await_body();
}

void http_session::ask_admission() {
  timer_.cancel(); // It isn't the peer who is waited for.
  answered_ = false;
  route_->admit(std::make_shared<admission>(shared_from_this(), request_));
}

void http_session::decide(uint64_t number, std::optional<http_response> refusal) {
  if (number != number_ || std::exchange(answered_, true))
    return;
  refusal ? refuse(std::move(*refusal)) : await_body();
}

void http_session::await_body() {
  if (!has_body(*parser_))
    return read_body();
  expects_invitation(parser_->get()) ? invite_body() : await_first_byte();
}

void http_session::invite_body() {
  static constexpr std::string_view words = "HTTP/1.1 100 Continue\r\n\r\n";
  allow(core_.cfg.idle_patience);
  boost::asio::async_write(stream_, boost::asio::buffer(words),
                           [self = shared_from_this()](error_code failed, size_t) {
                             failed ? self->close() : self->await_first_byte();
                           });
}

// A body that is only announced takes no room.
void http_session::await_first_byte() {
  buffer_.size() > 0 ? read_body() : await_bytes(&http_session::on_body);
}

// Bit by bit, so that room and patience are for what has come and not for all of it.
void http_session::read_body() {
  if (parser_->is_done())
    return serve();
  auto come = parser_->get().body().size();
  if (come + read_bytes > room_bytes_ && room_bytes_ < body_bytes_)
    return make_room();
  allow_for(come);
  http::async_read_some(stream_, buffer_, *parser_, mine(&http_session::on_body));
}

void http_session::on_body(error_code failed) {
  failed || late_ || yielded_ ? fail(failed) : read_body();
}

void http_session::fail(error_code failed) {
  paced_from_.reset();
  if (std::exchange(yielded_, false))
    return write(too_slow(core_.cfg.room_patience), false);
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
  paced_from_.reset();
  answered_ = false;
  auto with = std::make_shared<exchange>(shared_from_this(), std::move(request_));
  route_->max_at_once == 0 ? route_->serve(std::move(with)) : await_turn(std::move(with));
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
  auto& head = parser_->get();
  bytes{}.swap(head.body()); // What there is of a body that was refused goes with its share.
  share_.reset();
  keep_alive_ = keep_alive;
  due_bytes_ = taken_bytes_ = 0;
  if (row_)
    row_->answers.add(answer_ = what.body);
  outgoing_.emplace(std::move(what), response_frame{.version = head.version() == 10 ? 10u : 11u,
                                                    .is_head = head.method() == http::verb::head,
                                                    .keep_alive = keep_alive});
  pace_anew();
  if (row_ && !row_->has_room())
    core_.watch_out.wake();
  write_some();
}

void http_session::write_some() {
  allow_for(taken_bytes_);
  http::async_write_some(stream_, outgoing_->writer(),
                         [self = shared_from_this()](error_code failed, size_t count) {
                           self->on_written(failed, count);
                         });
}

void http_session::on_written(error_code failed, size_t count) {
  taken_bytes_ += count;
  if (failed || late_)
    return close();
  if (!outgoing_->writer().is_done())
    return write_some();
  outgoing_.reset();
  paced_from_.reset();
  forget_answer();
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
