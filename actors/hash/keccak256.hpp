#pragma once

#include "messages/types.hpp"

#include <span>
#include <string_view>

namespace flwr {

/// Keccak-256 with the original padding, as Ethereum has it: not SHA3-256. Pure; any thread.
/// @source  Bertoni et al., "The Keccak reference", 2011; Ethereum yellow paper, section 3.
hash256 keccak256(std::span<const uint8_t> data);

/// The same of a text's bytes, as they are.
hash256 keccak256(std::string_view text);

} // namespace flwr
