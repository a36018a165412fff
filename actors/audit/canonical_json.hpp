/// Canonical JSON: RFC 8785 restricted to objects, arrays and ASCII strings. Numbers are decimal
/// strings. One document, one text: what is hashed here is hashed alike by everybody.
#pragma once

#include "messages/error.hpp"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace flwr {

/// No document is longer unless its reader says so, or nested deeper.
inline constexpr size_t max_json_bytes = 16 << 20;
inline constexpr size_t max_json_depth = 8;

/// Whether no byte is above 0x7f.
bool is_ascii(std::string_view text);

/// `text` with a '?' for every byte above 0x7f.
std::string ascii_of(std::string_view text);

/// The canonical text. All strings must be ASCII; values of other kinds leave a hole that no JSON
/// text has. Pure; any thread.
std::string canonical(const boost::json::value& document);

/// Parses a text that must be canonical itself: it is encoded again and has to come out equal, so
/// white space, keys out of order or twice, needless escapes and numbers are refused.
/// @errors  corrupt -- not canonical (the words say where), too long or too deep.
expected<boost::json::value> parse_canonical(std::string_view text,
                                             size_t max_bytes = max_json_bytes);

} // namespace flwr
