#pragma once

#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <span>

namespace flwr {

/// The number's 32 bytes, the high one first: a word of the EVM. Pure; any thread.
hash256 to_word(const u256&);

/// The number that at most 32 bytes spell, the high one first; no bytes spell 0.
u256 to_u256(std::span<const uint8_t> big_endian);

/// The number's bytes without leading zeros; none for 0.
bytes minimal_bytes(const u256&);

} // namespace flwr
