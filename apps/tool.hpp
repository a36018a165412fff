#pragma once

#include "apps/options.hpp"

#include <string>

namespace flwr {

/// Runs the command of `flwr-actor` on this command line: `cid`, `keys ...`, `model inspect`,
/// `status`, or the help.
/// @returns  What goes to stdout.
/// @errors   usage -- a command line or a file that can't serve; else the command's own.
expected<std::string> run_tool(int argc, const char* const* argv, const environment& lookup);

} // namespace flwr
