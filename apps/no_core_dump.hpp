#pragma once

#include "messages/error.hpp"

namespace flwr {

/// Keeps the memory of this process, and so its keys, out of core dumps and from other processes
/// (ptrace, /proc/PID/mem). For the first lines of main, before a key is read.
/// @errors  io -- the system won't: go no further.
expected<void> forbid_core_dumps();

} // namespace flwr
