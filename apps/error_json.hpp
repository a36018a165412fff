#pragma once

#include "messages/error.hpp"

#include <string>

namespace flwr {

/// What `--json` prints where there is no answer: one JSON document on one line, schema
/// `flwr-actor/error/1` (docs/formats.md). What isn't printable ASCII is a '?'.
std::string json_of(const caf::error&);

} // namespace flwr
