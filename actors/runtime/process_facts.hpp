#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace flwr {

/// What the operating system says of this process.
struct process_facts {
  uint64_t resident_bytes = 0;
  uint64_t threads = 0;
  double cpu_seconds = 0; ///< Of user and system.
};

/// Reads them from /proc, which doesn't block. All 0 where there is none. Any thread.
process_facts facts_of_this_process();

/// The same of the text of /proc/PID/stat, whose second field may be anything in parentheses.
/// Nothing if it isn't such a text. Pure.
/// @source  proc(5).
std::optional<process_facts> process_facts_in(std::string_view stat, uint64_t page_bytes,
                                              uint64_t ticks_per_second);

} // namespace flwr
