#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace flwr {

/// How long moving so many bytes may take: `usual`, and what a line of 1 Mbit/s needs for them. Of
/// more than 2 GiB, which no model has, the rest doesn't count.
constexpr std::chrono::milliseconds patience_for(uint64_t bytes, std::chrono::milliseconds usual) {
  constexpr uint64_t bytes_per_ms = 125;
  return usual + std::chrono::milliseconds{std::min(bytes, uint64_t{2} << 30) / bytes_per_ms};
}

} // namespace flwr
