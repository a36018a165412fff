#include "actors/http/http_connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/url.hpp>

#include <array>
#include <utility>

namespace flwr {
namespace {

namespace http = boost::beast::http;
using endpoint = boost::asio::ip::tcp::endpoint;

constexpr uint32_t max_header_bytes = 64 << 10;
constexpr uint64_t piece_bytes = 64 << 10; // What counts as progress.

std::string target_of(const http_place& place, const http_request& request) {
  boost::urls::url target;
  target.set_path(place.path + request.path);
  for (auto& field : request.query)
    target.params().append({field.name, field.value});
  std::string text{target.encoded_target()};
  return text.empty() ? "/" : text;
}

std::string authority_of(const http_place& place) {
  return to_text(http_place{place.host, place.port, ""}).substr(std::string_view{"http://"}.size());
}

http_response response_of(http::response<http::vector_body<uint8_t>> from) {
  http_response to{.status = from.result_int(),
                   .content_type = std::string{from[http::field::content_type]},
                   .fields = {},
                   .body = std::make_shared<const bytes>(std::move(from.body()))};
  for (auto& field : from)
    to.fields.push_back({std::string{field.name_string()}, std::string{field.value()}});
  return to;
}

ec kind_of(boost::beast::error_code failed) {
  if (failed == boost::beast::error::timeout)
    return ec::timeout;
  auto is_http = failed.category() == make_error_code(http::error::bad_version).category();
  auto is_gone = failed == http::error::end_of_stream || failed == http::error::partial_message;
  return is_http && !is_gone ? ec::corrupt : ec::unreachable;
}

} // namespace

http_connection::http_connection(boost::asio::io_context& io, freed then)
  : resolver_(io), stream_(io), timer_(io), freed_(std::move(then)) {}

void http_connection::start(http_job job) {
  job_ = std::move(job);
  await_deadline();
  stream_.socket().is_open() ? send() : resolve();
}

void http_connection::await_deadline() {
  timer_.expires_at(job_->deadline);
  timer_.async_wait([self = shared_from_this()](error_code cancelled) {
    // It may have been on its way when the job before ended.
    if (cancelled || !self->job_)
      return;
    if (self->job_->deadline > std::chrono::steady_clock::now())
      return self->await_deadline();
    self->fail(boost::beast::error::timeout, "get an answer from");
  });
}

// What is an address already needn't wait for names that are looked up, one after the other.
void http_connection::resolve() {
  error_code no_address;
  auto address = boost::asio::ip::make_address(job_->place.host, no_address);
  if (!no_address)
    return connect(std::array{endpoint{address, job_->place.port}});
  resolver_.async_resolve(job_->place.host, std::to_string(job_->place.port),
                          [self = shared_from_this()](error_code failed, const auto& found) {
                            if (self->job_)
                              failed ? self->fail(failed, "find") : self->connect(found);
                          });
}

template <class Endpoints>
void http_connection::connect(const Endpoints& found) {
  stream_.async_connect(found, [self = shared_from_this()](error_code failed, const auto&) {
    if (self->job_)
      failed ? self->fail(failed, "reach") : self->send();
  });
}

void http_connection::send() {
  auto& request = job_->request;
  outgoing_ = {};
  outgoing_.method_string(request.method);
  outgoing_.target(target_of(job_->place, request));
  outgoing_.version(11);
  outgoing_.set(http::field::host, authority_of(job_->place));
  outgoing_.set(http::field::user_agent, "flwr-actor/" FLWR_VERSION);
  for (auto& field : request.fields)
    outgoing_.insert(field.name, field.value);
  if (request.body)
    outgoing_.body() = {request.body->data(), request.body->size()};
  outgoing_.prepare_payload();
  error_code ignored;
  stream_.socket().set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
  serializer_.emplace(outgoing_);
  moved_bytes_ = 0;
  send_some();
}

// Whatever comes of it: a server that refuses a body answers before it has read all of it.
void http_connection::send_some() {
  auto then = [self = shared_from_this()](error_code failed, size_t count) {
    if (!self->job_)
      return;
    self->note_progress(count);
    failed || self->serializer_->is_done() ? self->receive() : self->send_some();
  };
  http::async_write_some(stream_, *serializer_, then);
}

// The timer sees it when it ends.
void http_connection::note_progress(size_t bytes) {
  moved_bytes_ += bytes;
  if (moved_bytes_ < piece_bytes)
    return;
  moved_bytes_ = 0;
  job_->deadline = std::chrono::steady_clock::now() + job_->limits.timeout;
}

void http_connection::receive() {
  parser_.emplace();
  parser_->header_limit(max_header_bytes);
  parser_->body_limit(job_->limits.max_body_bytes);
  if (job_->request.method == "HEAD")
    parser_->skip(true);
  receive_some();
}

void http_connection::receive_some() {
  auto then = [self = shared_from_this()](error_code failed, size_t count) {
    if (!self->job_)
      return;
    self->note_progress(count);
    failed || self->parser_->is_done() ? self->on_answer(failed) : self->receive_some();
  };
  http::async_read_some(stream_, buffer_, *parser_, then);
}

void http_connection::on_answer(error_code failed) {
  auto stale = used_before_ && !job_->repeated && !parser_->got_some();
  if (failed && stale && kind_of(failed) == ec::unreachable) {
    timer_.cancel();
    stream_.close();
    auto again = std::exchange(job_, std::nullopt);
    again->repeated = true;
    return freed_(false, std::move(again));
  }
  if (failed)
    return fail(failed, "get an answer from");
  if (parser_->get().result_int() / 100 == 1) // Not the answer yet (RFC 9110, section 15.2).
    return receive();
  auto kept = parser_->keep_alive() && buffer_.size() == 0;
  finish(response_of(parser_->release()), kept);
}

void http_connection::fail(error_code failed, const char* doing) {
  auto kind = kind_of(failed);
  auto why =
    failed == http::error::body_limit ? "its answer is longer than allowed" : failed.message();
  give_up(
    make_error(kind, std::string{"can't "} + doing + " " + to_text(job_->place) + ": " + why));
}

void http_connection::close(const caf::error& why) {
  if (job_)
    give_up(why);
  else
    stream_.close();
}

void http_connection::give_up(caf::error why) { finish(std::move(why), false); }

void http_connection::finish(expected<http_response> outcome, bool kept) {
  timer_.cancel();
  if (!kept) {
    resolver_.cancel();
    stream_.close();
  }
  used_before_ = true;
  auto job = std::exchange(job_, std::nullopt);
  freed_(kept, std::nullopt);
  job->then(std::move(outcome));
}

} // namespace flwr
