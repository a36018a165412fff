#pragma once

#include "actors/http/http_message.hpp"
#include "messages/error.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace flwr {

/// Where requests go: "http://127.0.0.1:8082/eth". The request's path is put behind the path here.
struct http_place {
  std::string host; ///< An IPv6 address without its brackets.
  uint16_t port = 80;
  std::string path; ///< Percent-decoded. "" or "/eth": no slash at its end.

  friend bool operator==(const http_place&, const http_place&) = default;
};

/// @errors  usage -- not an http URL with a host, or one with a user, a query or a fragment.
expected<http_place> parse_http_place(std::string_view url);
std::string to_text(const http_place&);

struct http_limits {
  /// Until there is a connection and an answer, and anew from each 64 KiB of a body that went or
  /// came.
  std::chrono::milliseconds timeout{30'000};
  uint64_t max_body_bytes = 16 << 20; ///< Of the response; more is `corrupt`, not read.
};

/// Asks HTTP servers.
/// @threads  Any; no call blocks.
class http_client {
public:
  using done = std::function<void(expected<http_response>)>;

  virtual ~http_client() = default;

  /// Sends the request, without Host, User-Agent and Content-Length, which are added. `then` is
  /// called once, on the client's thread, and must not block; a status of 400 or more is no error.
  /// @errors  unreachable -- no connection, or it broke; timeout; corrupt -- not HTTP, or too long.
  virtual void send(const http_place&, http_request, const http_limits&, done then) = 0;
};

using http_client_ptr = std::shared_ptr<http_client>;

/// A client with one thread, which keeps connections open between requests. Redirections aren't
/// followed and no proxy is asked. Its end answers `stopped` to all that is under way.
http_client_ptr make_http_loop();

} // namespace flwr
