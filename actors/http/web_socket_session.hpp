/// One WebSocket of the HTTP server. The room's own.
#pragma once

#include "actors/http/http_session.hpp"

#include <boost/beast/websocket.hpp>

#include <atomic>
#include <deque>
#include <memory>
#include <string>

namespace flwr {

/// @threads  The io_context's.
class web_socket_session : public std::enable_shared_from_this<web_socket_session> {
public:
  web_socket_session(http_core&, boost::beast::tcp_stream, const http_route&);

  void start(incoming_request head);
  void send(std::shared_ptr<const std::string> text);

  /// Says goodbye, and then ends.
  void close();

  /// Ends at once.
  void end();

private:
  using error_code = boost::beast::error_code;
  class handle;
  class loan;

  void on_accepted(error_code);
  void read();
  void on_read(error_code);
  std::shared_ptr<const std::string> lend(std::string text);
  void take_back(uint64_t bytes);
  static void take_back(http_core&, uint64_t bytes);
  bool has_lent_enough() const;
  void read_on();
  void write();
  void on_written(error_code);
  void drop_unsent();
  void leave();

  http_core& core_;
  boost::beast::websocket::stream<boost::beast::tcp_stream> stream_;
  const http_route& route_;
  incoming_request head_;
  boost::beast::flat_buffer buffer_;
  web_socket_listener listener_;
  uint64_t lent_texts_ = 0; ///< That the listener, or whom it told, still holds.
  uint64_t lent_bytes_ = 0; ///< Of those.
  bool paused_ = false;     ///< No read is under way, since so much is lent.
  std::deque<std::shared_ptr<const std::string>> outbox_; ///< front() is being written.
  uint64_t queued_bytes_ = 0;
  /// The same for any thread, with what is still on its way to the outbox.
  std::shared_ptr<std::atomic<uint64_t>> unsent_bytes_ = std::make_shared<std::atomic<uint64_t>>(0);
  bool closing_ = false;
  bool ended_ = false;
};

} // namespace flwr
