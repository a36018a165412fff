#pragma once

#include "actors/runtime/retry_jobs.hpp"

namespace flwr {

/// How uploads and fetches of our programs are repeated: each process with jitter of its own.
retry_config storage_retries();

/// Uniform in [0, 1), from the system's own randomness. One thread at a time.
std::function<double()> random_jitter();

} // namespace flwr
