#pragma once

#include "messages/error.hpp"

#include <string>

namespace flwr {

/// What `--json` prints where there is no answer: one JSON document on one line, schema
/// `flwr-actor/error/1` (docs/formats.md). What isn't printable ASCII is a '?'.
std::string json_of(const caf::error&);

/// Whether `--json` is among the words of a command line that can't be understood.
bool wants_json(int argc, const char* const* argv);

} // namespace flwr
