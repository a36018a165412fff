/// HTTP as values: what is asked and what is answered.
#pragma once

#include "messages/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// A field of a header, a trailer or a query.
struct http_field {
  std::string name, value;

  friend bool operator==(const http_field&, const http_field&) = default;
};

using http_fields = std::vector<http_field>;

/// The first field of this name, in which case doesn't count; "" without one.
std::string_view value_of(const http_fields&, std::string_view name);

/// What a peer asks for.
struct http_request {
  std::string method = "GET";
  std::string path;   ///< Percent-decoded, without the query: "/api/v0/add".
  http_fields query;  ///< Percent-decoded, in order; a name may come more than once.
  http_fields fields; ///< The header.
  blob_ptr body;      ///< Null if there is none; in a server never null.
};

/// What it is answered.
struct http_response {
  unsigned status = 200;
  std::string content_type; ///< "" for none.
  http_fields fields;       ///< Header fields besides; at the client the trailer's, too.
  blob_ptr body;            ///< Null if there is none; shared, since it may be a model.
};

/// A response of a few words.
http_response text_response(unsigned status, std::string_view text,
                            std::string_view content_type = "text/plain; charset=utf-8");

} // namespace flwr
