#pragma once

#include "actors/page/run_board.hpp"

#include <string>

namespace flwr {

/// What a page needs to know of a board, as JSON of schema `flwr-actor/feed/1` (docs/formats.md):
/// all of it, or what has changed since it saw a version of it. Doubles read back as the numbers
/// of history.json. Pure.
///
/// @param seen  The version that the page has; 0: nothing yet.
/// @param now   In the board's seconds.
std::string feed_json(const run_board&, uint64_t seen, double now);

} // namespace flwr
