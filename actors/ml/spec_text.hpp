/// The grammar that the specs of this room share: NAME[:REST], REST often KEY=VALUE,... Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flwr {

/// The texts before and after the first colon.
std::pair<std::string_view, std::string_view> split_name(std::string_view);

/// The parts between the separators; none of an empty text.
std::vector<std::string_view> split(std::string_view, char separator);

/// `a=1,b=2` as pairs; a part without `=` has an empty value.
std::vector<std::pair<std::string_view, std::string_view>> split_pairs(std::string_view);

/// A whole number in decimal digits.
std::optional<uint64_t> parse_number(std::string_view);

} // namespace flwr
