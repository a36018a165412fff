/// The rules of one HTTP port, as functions over values (docs/protocol.md, section 11). Pure; any
/// thread.
#pragma once

#include "actors/http/http_server.hpp"

#include <optional>
#include <string_view>

namespace flwr {

/// A request's target, taken apart and percent-decoded.
struct http_target {
  std::string path;
  http_fields query;
};

/// @returns  Nothing if it isn't a target in origin form (RFC 9112, section 3.2.1), or an escape is
///           broken.
std::optional<http_target> parse_target(std::string_view target);

/// Whether `authority` ("localhost:8082", "[::1]", "learning.example") is a name of ours: a
/// loopback name or one of `names`; in which case and port don't count.
bool is_our_name(std::string_view authority, const std::vector<std::string>& names);

/// Whether a page of that origin may ask. "null" is nobody's.
bool is_our_origin(std::string_view origin, const std::vector<std::string>& names);

/// The route of the longest path that fits; null without one.
const http_route* find_route(const std::vector<http_route>&, std::string_view path);

/// Whether a media type is the wanted one; parameters and case don't count.
bool is_media_type(std::string_view content_type, std::string_view wanted);

/// What a request is refused with before its body is read; nothing if it may go on.
std::optional<http_response> judge_header(const http_request&, const http_route* route,
                                          const std::vector<std::string>& our_names, bool has_body,
                                          bool wants_upgrade);

} // namespace flwr
