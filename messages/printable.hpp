#pragma once

#include <string>
#include <string_view>

namespace flwr {

/// At most `most` bytes of the text; each that isn't printable ASCII becomes '?'. Pure.
std::string printable_ascii(std::string_view text, size_t most = std::string_view::npos);

} // namespace flwr
