#pragma once

#include "messages/error.hpp"

#include <string_view>

namespace flwr {

/// Call it before anything else. A closed stdin, stdout or stderr would give its number to the next
/// file that is opened, and our words would go there: it becomes one that can't be used. And who
/// stops reading what we print ends neither a run nor a program in mid-work: SIGPIPE is ignored.
void secure_standard_streams();

/// Prints on stdout, to the last byte.
/// @errors  io -- it is closed, full, or nobody reads it.
expected<void> print(std::string_view text);

} // namespace flwr
