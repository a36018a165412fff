#pragma once

#include "apps/options.hpp"
#include "apps/tool_output.hpp"

namespace flwr {

/// Runs the command of `flwr-actor` on this command line: `cid`, `keys ...`, `model inspect`,
/// `status`, `verify`, or the help.
/// @param    say  Puts a line on stdout, for commands that take their time.
/// @returns  What goes to stdout after these lines, and how the program ends.
/// @errors   usage -- a command line or a file that can't serve; else the command's own.
expected<tool_output> run_tool(int argc, const char* const* argv, const environment& lookup,
                               const line_sink& say);

} // namespace flwr
