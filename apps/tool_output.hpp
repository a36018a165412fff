#pragma once

#include "apps/exit_codes.hpp"

#include <functional>
#include <string>

namespace flwr {

/// What a command of the tool box comes to.
struct tool_output {
  std::string text; ///< For stdout, after what has gone there line by line.
  exit_code code = exit_code::done;
  caf::error trouble{}; ///< For stderr: why there is no answer.
};

/// Puts a line on stdout at once, for commands that take their time.
using line_sink = std::function<void(const std::string& line)>;

} // namespace flwr
