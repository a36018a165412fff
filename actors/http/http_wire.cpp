#include "actors/http/http_wire.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;

constexpr unsigned http_1_0 = 10;

http::response<http::span_body<const uint8_t>> head_of(const http_response& what,
                                                       const response_frame& frame) {
  http::response<http::span_body<const uint8_t>> head;
  head.version(frame.version);
  head.result(what.status);
  head.set(http::field::server, "flwr-actor");
  head.set("X-Content-Type-Options", "nosniff");
  if (!what.content_type.empty())
    head.set(http::field::content_type, what.content_type);
  for (auto& field : what.fields)
    head.insert(field.name, field.value);
  if (what.status != 204 && what.status != 304) // Those have no body whose length could be said.
    head.content_length(what.body ? what.body->size() : 0);
  head.keep_alive(frame.keep_alive);
  return head;
}

} // namespace

http_fields fields_of(const http::fields& all) {
  http_fields out;
  for (auto& field : all)
    out.push_back({std::string{field.name_string()}, std::string{field.value()}});
  return out;
}

bool is_well_framed(const request_head& head) {
  auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() > http_1_0))
    return false;
  auto [first, last] = head.equal_range(http::field::transfer_encoding);
  return first == last || (head.version() > http_1_0 && std::all_of(first, last, [](auto& field) {
                             return iequals(field.value(), "chunked");
                           }));
}

bool expects_invitation(const request_head& head) {
  return head.version() > http_1_0 && iequals(head[http::field::expect], "100-continue");
}

http_response refusal_of(boost::beast::error_code failed) {
  if (failed == http::error::header_limit)
    return text_response(431, "the header is too large\n");
  if (failed == http::error::body_limit)
    return text_response(413, "the body is too large\n");
  return text_response(400, "this isn't HTTP as this server knows it\n");
}

bool is_peers_fault(boost::beast::error_code failed) {
  return failed.category() == make_error_code(http::error::header_limit).category()
         && failed != http::error::end_of_stream && failed != http::error::partial_message;
}

outgoing_response::outgoing_response(http_response what, const response_frame& frame)
  : data_(frame.is_head ? nullptr : what.body), message_(head_of(what, frame)), writer_(message_) {
  if (data_)
    message_.body() = {data_->data(), data_->size()};
}

} // namespace flwr
