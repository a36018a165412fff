/// One connection of the HTTP client. The room's own.
#pragma once

#include "actors/http/http_client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <memory>
#include <optional>

namespace flwr {

/// A request on its way, and whom to tell.
struct http_job {
  http_place place;
  http_request request;
  http_limits limits;
  http_client::done then;
  std::chrono::steady_clock::time_point deadline;
  bool repeated = false; ///< A kept connection had ended by the time it was used again.
};

/// Does one job after another at one place.
/// @threads  The io_context's.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  /// Called when it is free again (`kept`), or at its end. With a job, that one has to be done once
  /// more, on a new connection.
  using freed = std::function<void(bool kept, std::optional<http_job> again)>;

  http_connection(boost::asio::io_context&, freed);

  void start(http_job);

  /// Fails the job that is under way.
  void close(const caf::error& why);

private:
  using error_code = boost::beast::error_code;
  using parser = boost::beast::http::response_parser<boost::beast::http::vector_body<uint8_t>>;
  using outgoing = boost::beast::http::request<boost::beast::http::span_body<const uint8_t>>;

  void await_deadline();
  void resolve();
  template <class Endpoints>
  void connect(const Endpoints&);
  void send();
  void send_some();
  void receive();
  void receive_some();
  void note_progress(size_t bytes);
  void on_answer(error_code);
  void fail(error_code, const char* doing);
  void give_up(caf::error);
  void finish(expected<http_response>, bool kept);

  boost::asio::ip::tcp::resolver resolver_;
  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer timer_;
  freed freed_;
  std::optional<http_job> job_;
  bool used_before_ = false; ///< The connection has done a job already.
  outgoing outgoing_;
  std::optional<boost::beast::http::request_serializer<outgoing::body_type>> serializer_;
  uint64_t moved_bytes_ = 0; ///< Since patience began anew.
  boost::beast::flat_buffer buffer_;
  std::optional<parser> parser_;
};

} // namespace flwr
