/// The grammar of what users type: text to value, and what was probably meant. Pure; any thread.
#pragma once

#include "apps/options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace flwr {

/// A whole number in decimal digits, `min` ... `max`.
std::optional<uint64_t> parse_count(std::string_view, uint64_t min, uint64_t max);

/// A finite decimal number, `min` ... `max`.
std::optional<double> parse_real(std::string_view, double min, double max);

/// A whole number with a unit: `1500ms`, `90s`, `5m`, `2h`. From 1 ms to `longest_duration`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view);

/// Far from where adding it to a clock's time overflows.
constexpr std::chrono::milliseconds longest_duration = std::chrono::hours{24 * 365};

/// A number of bytes, >= 1: `1048576`, or with a unit: `k`, `M`, `G` (or `kB`, `MB`, `GB`) count in
/// thousands, `KiB`, `MiB`, `GiB` in 1024s.
std::optional<uint64_t> parse_size(std::string_view);

/// `HOST:PORT`; an IPv6 address in brackets. The port is 0 ... 65535.
std::optional<endpoint> parse_endpoint(std::string_view);

/// A client id, or a range of them: `3`, `0-499`; at most `max_clients_a_process`.
std::optional<std::pair<uint64_t, uint64_t>> parse_client_ids(std::string_view);
inline constexpr uint64_t max_clients_a_process = 100'000;

/// `true`, `false`, `1` or `0`.
std::optional<bool> parse_flag(std::string_view);

/// The known word that was most likely meant by `typed`: few typing errors away, or one that
/// contains it (`epochs`: `local-epochs`). Empty if none comes near.
std::string nearest(std::string_view typed, std::span<const std::string> known);

/// ` (did you mean PREFIX...?)` for an error's end, or nothing.
std::string suggestion(std::string_view prefix, std::string_view typed,
                       std::span<const std::string> known);

} // namespace flwr
