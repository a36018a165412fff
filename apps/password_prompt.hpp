#pragma once

#include "actors/hash/secret_bytes.hpp"
#include "messages/error.hpp"

#include <string>

namespace flwr {

/// Asks on the terminal of this process, wherever stdin and stdout lead, and shows nothing of what
/// is typed. A signal that ends the process (Ctrl-C) puts the terminal right first, then does what
/// it would have done.
///
/// @threads  One question at a time in a process.
/// @errors   usage -- there is no terminal, or the end of input (Ctrl-D) came instead of a line;
///           stopped -- a signal came that didn't end the process; io.
expected<secret_bytes> ask_on_terminal(const std::string& question);

} // namespace flwr
