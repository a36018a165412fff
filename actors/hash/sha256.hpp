#pragma once

#include "messages/types.hpp"

#include <span>

namespace flwr {

/// SHA-256. Pure; any thread.
/// @source  FIPS 180-4.
hash256 sha256(std::span<const uint8_t> data);

} // namespace flwr
