/// What to say to a user who typed a word that nobody knows. Pure; any thread.
#pragma once

#include "messages/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// What a user who typed `word` probably meant: the known word with the fewest edits (letters
/// inserted, deleted or changed), the first of equals.
/// @returns  Nothing if even that needs more edits than a third of its length, rounded up.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

/// The error `usage` for a `what` (such as "data set") of that name: suggests the nearest known one
/// and lists all. A known word may show its arguments ("dirichlet:ALPHA", "mlp[:hidden=WIDTH]"):
/// only the name before them counts.
caf::error unknown_word(const std::string& what, std::string_view word,
                        std::span<const std::string_view> known);

} // namespace flwr
