#pragma once

#include <optional>
#include <string_view>

namespace flwr {

enum class log_level { debug, info, warning, error };

/// "debug", "info", "warning" or "error".
std::optional<log_level> log_level_from_text(std::string_view);

/// Sends log lines of `least` and above to stderr, in colour on a terminal unless NO_COLOR is set.
/// For `main`, once, before any actor runs.
void init_log(log_level least);

/// Writes one line. Any thread.
void log(log_level, std::string_view text);

} // namespace flwr
