/// One connection of the HTTP server. The room's own: nobody else includes Beast.
#pragma once

#include "actors/http/http_core.hpp"
#include "actors/http/http_wire.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <memory>
#include <optional>

namespace flwr {

/// Reads requests, one at a time, and writes their answers, until the connection ends.
/// @threads  The io_context's; answers may come from any.
class http_session : public std::enable_shared_from_this<http_session> {
public:
  http_session(http_core&, boost::asio::ip::tcp::socket);

  using time_point = std::chrono::steady_clock::time_point;

  void start();
  void close();

  /// Since when it waits for room for a body, or for an answer; nothing if it doesn't.
  std::optional<time_point> waits_since(direction) const;

  /// How the body comes, or the answer goes, that has room; nothing if none does.
  std::optional<body_pace> pace(direction) const;

  /// How much of the body has come, or of the answer gone.
  uint64_t progress() const;

  /// Which room that is: what one gives up is of use to whoever waits for the same.
  const void* room(direction) const;

  /// Measures the pace from now on.
  void pace_anew();

  /// Gives the room to others; a peer whose body has it gets a 503.
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
  void await_turn(std::shared_ptr<exchange>);
  void take_turn(const std::shared_ptr<exchange>&);
  void upgrade();
  void answer(uint64_t number, http_response);
  void write(http_response, bool keep_alive);
  void forget_answer();
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
  byte_budget* room_ = nullptr; ///< Where the body has its own.
  http_request request_;
  const http_route* route_ = nullptr;
  byte_budget::share_ptr share_;
  uint64_t body_bytes_ = 0;                ///< What a body takes at most.
  uint64_t room_bytes_ = 0;                ///< Reserved for it.
  uint64_t due_bytes_ = 0;                 ///< Of a body or an answer, before patience begins anew.
  uint64_t taken_bytes_ = 0;               ///< Of the answer, by the peer.
  std::optional<time_point> waits_since_;  ///< For a body's room.
  std::optional<time_point> queues_since_; ///< For its turn.
  time_point paced_since_;
  std::optional<uint64_t>
    paced_from_;        ///< How much of the body had come then, or of the answer gone.
  uint64_t number_ = 0; ///< Of the question that is open; an answer to an older one is too late.
  bool answered_ = true;
  bool keep_alive_ = false;
  bool loopback_ = false;
  std::optional<outgoing_response> outgoing_;
  http_row* row_ = nullptr; ///< Where it waits or waited, if its route is asked in turns.
  blob_ptr answer_;         ///< Its body, as it was counted there.
};

} // namespace flwr
