#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace flwr {

/// What a user who typed `word` probably meant: the known word with the fewest edits (letters
/// inserted, deleted or changed), the first of equals.
/// @returns  Nothing if even that needs more edits than a third of its length, rounded up.
/// @threads  Pure; any thread.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

} // namespace flwr
