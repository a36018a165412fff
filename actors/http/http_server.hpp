/// One HTTP port: routes, limits, and the rules of docs/protocol.md, section 11.
#pragma once

#include "actors/http/http_message.hpp"
#include "messages/error.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flwr {

/// A request and the one way to answer it.
/// @threads  Any; no call blocks. Dropped without an answer it answers 503.
class http_exchange {
public:
  virtual ~http_exchange() = default;

  virtual const http_request& request() const = 0;

  /// Whether the peer is on this machine.
  virtual bool from_loopback() const = 0;

  /// The first answer counts.
  virtual void respond(http_response) = 0;
};

using http_exchange_ptr = std::shared_ptr<http_exchange>;

/// A request of which only the header has come, and the one way to say whether the rest may.
/// @threads  Any; no call blocks. Dropped without a decision it answers 503.
class http_admission {
public:
  virtual ~http_admission() = default;

  /// Without its body.
  virtual const http_request& request() const = 0;

  /// Whether the peer is on this machine.
  virtual bool from_loopback() const = 0;

  /// Refuses the request with an answer, its body unread; without one it goes on. The first
  /// decision counts.
  virtual void decide(std::optional<http_response> refusal) = 0;
};

using http_admission_ptr = std::shared_ptr<http_admission>;

/// Our end of a WebSocket.
/// @threads  Any; no call blocks. After its end every call does nothing.
class web_socket {
public:
  virtual ~web_socket() = default;

  /// Queues a text. A peer that doesn't read loses the connection when too much is queued.
  virtual void send(std::shared_ptr<const std::string> text) = 0;

  /// What was sent, but isn't with the operating system yet: whoever may skip a text does so while
  /// there is any.
  virtual uint64_t queued_bytes() const = 0;

  virtual void close() = 0;
};

using web_socket_ptr = std::shared_ptr<web_socket>;

/// What an actor hears of a WebSocket. Null text: it has gone.
struct web_socket_event {
  web_socket_ptr socket;
  std::shared_ptr<const std::string> text;
};

/// What the far end of a WebSocket does. Called on the server's thread; must not block.
struct web_socket_listener {
  /// A message, whichever kind it says it is of: web3.py sends its JSON as binary ones. Only one
  /// that says it is text has been checked to be UTF-8. While eight texts, or 1 MiB of them, are
  /// held by anybody the peer isn't read; if that lasts for its patience, it loses the connection.
  std::function<void(std::shared_ptr<const std::string> text)> on_text;
  std::function<void()> on_close; ///< Once, and last.
};

/// Who answers below a path.
struct http_route {
  std::string path;                 ///< "/healthz"; with a slash at the end all below it, too.
  std::vector<std::string> methods; ///< Any other is answered 405. With GET goes HEAD.
  std::string content_type;         ///< Of a request's body; any other is answered 415. "": any.
  uint64_t max_body_bytes = 0;      ///< More is answered 413, unread.
  /// Called on the server's thread; must not block. Empty: the path is a WebSocket's only.
  std::function<void(http_exchange_ptr)> serve;
  /// Takes a WebSocket at this path. Empty: there are none.
  std::function<web_socket_listener(web_socket_ptr)> upgrade;
  uint64_t max_text_bytes = 1 << 20; ///< Of a WebSocket's message.
  /// Asked before a body is read. Called on the server's thread; must not block. Empty: all may.
  std::function<void(http_admission_ptr)> admit = {};
  /// How many are answered at a time; the others wait for that, and for room for the answer.
  /// 0: all, without waiting.
  size_t max_at_once = 0;
  /// Those that take much wait in a row of their own, so that they don't keep others waiting, and
  /// a quarter as many are answered at a time. Empty: none does.
  std::function<bool(const http_request&)> is_heavy = {};
};

/// A route that is asked with GET, without a body.
http_route get_route(std::string path, std::function<void(http_exchange_ptr)> serve);

struct http_server_config {
  std::string host = "127.0.0.1";
  uint16_t port = 0;                    ///< 0: any free one.
  std::vector<std::string> allow_hosts; ///< Besides the loopback names and `host`.
  std::vector<http_route> routes;       ///< The longest path that fits answers.
  uint64_t max_header_bytes = 16 << 10;
  uint64_t max_connections = 4096;
  /// Of all bodies under way to routes that admit them; whoever has no room yet waits. And, apart
  /// from that, of all answers that peers haven't taken yet: beyond, no route with `max_at_once` is
  /// asked.
  uint64_t body_bytes = 64 << 20;
  /// Of the bodies to all other routes, so that strangers' don't keep those waiting. What is no
  /// longer than 16 KiB needs no room at either.
  uint64_t open_body_bytes = 32 << 20;
  /// Of all texts that WebSockets haven't taken yet: beyond, the one that has most to take loses
  /// the connection; on the way to the server's thread there may be as much again. And, apart from
  /// that, of all texts of theirs that are under way: beyond, none is read.
  uint64_t text_bytes = 64 << 20;
  std::chrono::milliseconds header_patience{10'000}; ///< For a header, from its first byte.
  /// Between requests, and for each 64 KiB of a body or of an answer. A WebSocket's peer has half
  /// of it to answer a ping.
  std::chrono::milliseconds idle_patience{75'000};
  /// Whoever has waited so long for a body's room gets that of bodies that have had theirs for as
  /// long and came slowly: those are answered 503. The same goes for answers that are taken slowly:
  /// their connections end.
  std::chrono::milliseconds room_patience{5'000};
};

/// The server, on a thread of its own.
class http_server {
public:
  /// @errors  usage -- the address can't be listened on (in use, unknown, forbidden): says which.
  static expected<http_server> listen(http_server_config);

  http_server(http_server&&) noexcept;
  http_server& operator=(http_server&&) noexcept;
  /// Ends every connection and joins the thread.
  ~http_server();

  uint16_t port() const;

  /// Counts the connections, but for WebSockets. `then` is called on the server's thread; must not
  /// block. Not at all once the server ends.
  void count_connections(std::function<void(uint64_t)> then) const;

  /// Changes how many bytes all admitted bodies under way may take together, and all answers.
  void set_body_bytes(uint64_t);

private:
  class body;
  explicit http_server(std::unique_ptr<body>);
  std::unique_ptr<body> body_;
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::http_admission_ptr)
FLWR_LOCAL_MESSAGE(flwr::http_exchange_ptr)
FLWR_LOCAL_MESSAGE(flwr::web_socket_event)
