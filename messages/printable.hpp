#pragma once

#include <string>
#include <string_view>

namespace flwr {

/// At most `most` bytes of the text; each that isn't printable ASCII becomes '?'. Pure.
std::string printable_ascii(std::string_view text, size_t most = std::string_view::npos);

/// The text with a '?' for each control character of ASCII, and for what UTF-8 has of them: so that
/// nothing that came over a network can steer a terminal. Pure.
std::string printable(std::string text);

} // namespace flwr
