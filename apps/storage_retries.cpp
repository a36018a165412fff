#include "apps/storage_retries.hpp"

#include <random>

namespace flwr {

std::function<double()> random_jitter() {
  return [source = std::mt19937{std::random_device{}()}]() mutable {
    return std::uniform_real_distribution{0.0, 1.0}(source);
  };
}

retry_config storage_retries() {
  return {.policy = {}, .attempt_timeout = std::chrono::seconds{90}, .jitter = random_jitter()};
}

} // namespace flwr
