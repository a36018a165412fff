/// One connection of the HTTP server. The room's own: nobody else includes Beast.
#pragma once

#include "actors/http/byte_budget.hpp"
#include "actors/http/http_server.hpp"
#include "actors/http/http_wire.hpp"
#include "actors/http/room_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <memory>
#include <optional>
#include <set>

namespace flwr {

class http_session;
class web_socket_session;

/// What the sessions of a server share. Its io_context outlives them and whatever they gave away.
struct http_core : std::enable_shared_from_this<http_core> {
  explicit http_core(http_server_config config) : cfg(std::move(config)) {}

  http_server_config cfg;
  boost::asio::io_context io{1};
  std::shared_ptr<byte_budget> budget;
  room_watch watch{io, *this};
  std::set<std::shared_ptr<http_session>> sessions;
  std::set<std::shared_ptr<web_socket_session>> sockets;
  uint64_t unsent_bytes = 0; ///< Of all WebSockets' texts.
  uint64_t lent_bytes = 0;   ///< Of texts that came from them.
  bool closing = false;

  uint64_t connections() const { return sessions.size() + sockets.size(); }
};

std::shared_ptr<http_core> make_http_core(http_server_config);

/// Reads requests, one at a time, and writes their answers, until the connection ends.
/// @threads  The io_context's; answers may come from any.
class http_session : public std::enable_shared_from_this<http_session> {
public:
  http_session(http_core&, boost::asio::ip::tcp::socket);

  using time_point = std::chrono::steady_clock::time_point;

  void start();
  void close();

  /// Since when it waits for room for a body; nothing if it doesn't.
  std::optional<time_point> waits_since() const { return waits_since_; }

  /// How a body comes that has room; nothing if none does.
  std::optional<body_pace> pace() const;

  /// Measures the pace from now on.
  void pace_anew();

  /// Gives the body's room to others, and the peer a 503.
  void yield();

private:
  using request_parser = boost::beast::http::request_parser<arriving_body>;
  using error_code = boost::beast::error_code;
  class way_back;
  class admission;
  class exchange;

  template <class Handler>
  auto mine(Handler);
  void allow(std::chrono::milliseconds patience);
  void allow_for(uint64_t bytes);
  void run_out();

  void read_request();
  void await_bytes(void (http_session::*then)(error_code));
  void on_first_byte(error_code);
  void read_header();
  void on_header(error_code);
  void refuse(http_response);
  void measure_body();
  void ask_admission();
  void decide(uint64_t number, std::optional<http_response> refusal);
  void await_body();
  void invite_body();
  void await_first_byte();
  void read_body();
  void make_room();
  void take_room(byte_budget::share_ptr);
  void on_body(error_code);
  void serve();
  void upgrade();
  void answer(uint64_t number, http_response);
  void write(http_response, bool keep_alive);
  void write_some();
  void on_written(error_code, size_t count);
  void fail(error_code);
  void part();
  void drain();

  http_core& core_;
  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer timer_;
  bool late_ = false;    ///< What was waited for was cancelled, since the peer took too long.
  bool yielded_ = false; ///< It was cancelled, since others need the room.
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  http_request request_;
  const http_route* route_ = nullptr;
  byte_budget::share_ptr share_;
  uint64_t body_bytes_ = 0;  ///< What a body takes at most.
  uint64_t room_bytes_ = 0;  ///< Reserved for it.
  uint64_t due_bytes_ = 0;   ///< Of a body or an answer, before patience begins anew.
  uint64_t taken_bytes_ = 0; ///< Of the answer, by the peer.
  std::optional<time_point> waits_since_;
  time_point paced_since_;
  std::optional<uint64_t> paced_from_; ///< How much of the body had come then.
  uint64_t number_ = 0; ///< Of the question that is open; an answer to an older one is too late.
  bool answered_ = true;
  bool keep_alive_ = false;
  bool loopback_ = false;
  std::optional<outgoing_response> outgoing_;
};

} // namespace flwr
