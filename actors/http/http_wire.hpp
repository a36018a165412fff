/// Beast <-> messages, at the server's side. The room's own.
#pragma once

#include "actors/http/http_message.hpp"

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>

namespace flwr {

/// A body that takes memory as it comes: Beast's own take all that a header announces.
struct arriving_body {
  using value_type = bytes;

  class reader {
  public:
    template <class Header>
    reader(Header&, bytes& body) : body_(body) {}

    void init(const boost::optional<uint64_t>& length, boost::beast::error_code& failed) {
      length_ = length.value_or(0);
      failed = {};
    }

    template <class Buffers>
    size_t put(const Buffers& all, boost::beast::error_code& failed) {
      failed = {};
      size_t count = boost::beast::buffer_bytes(all);
      widen(body_.size() + count);
      for (auto part : boost::beast::buffers_range_ref(all)) {
        auto from = static_cast<const uint8_t*>(part.data());
        body_.insert(body_.end(), from, from + part.size());
      }
      return count;
    }

    void finish(boost::beast::error_code& failed) { failed = {}; }

  private:
    // Memory that nobody has written to yet is but addresses; so little has to be copied.
    void widen(uint64_t needed) {
      if (needed > body_.capacity() && needed <= length_)
        body_.reserve(std::min(length_, 8 * needed));
    }

    bytes& body_;
    uint64_t length_ = 0; ///< 0: it isn't known.
  };
};

/// A request as it comes.
using incoming_request = boost::beast::http::request<arriving_body>;

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
