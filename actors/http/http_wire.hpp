/// Beast <-> messages, at the server's side. The room's own.
#pragma once

#include "actors/http/http_message.hpp"

#include <boost/beast/core/error.hpp>
#include <boost/beast/http.hpp>

namespace flwr {

/// A request's header as Beast read it.
using request_head = boost::beast::http::request_header<>;

http_fields fields_of(const boost::beast::http::fields&);

/// Whether it is clear whom a request is for, and where it ends (RFC 9112, sections 3.2 and 6.1):
/// exactly one Host, none needed in HTTP/1.0; no transfer coding but `chunked`, and that not in
/// HTTP/1.0. Beast itself refuses a length beside chunks.
bool is_well_framed(const request_head&);

/// Whether the client waits for an invitation to send the body (RFC 9110, section 10.1.1).
bool expects_invitation(const request_head&);

/// The answer to what Beast couldn't read: 400, 413 or 431.
http_response refusal_of(boost::beast::error_code);

/// Whether the peer broke a rule, and isn't just gone.
bool is_peers_fault(boost::beast::error_code);

/// What a response needs to know of its request.
struct response_frame {
  unsigned version = 11;
  bool is_head = false;
  bool keep_alive = false;
};

/// A response on its way out; the body is shared, not copied.
class outgoing_response {
public:
  outgoing_response(http_response, const response_frame&);

  auto& writer() { return writer_; }

private:
  using body = boost::beast::http::span_body<const uint8_t>;

  blob_ptr data_;
  boost::beast::http::response<body> message_;
  boost::beast::http::response_serializer<body> writer_;
};

} // namespace flwr
