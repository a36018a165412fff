#pragma once

#include "messages/types.hpp"

#include <span>

namespace flwr {

/// What a wallet signs for `personal_sign`, and never for a transaction:
///
///     keccak256(0x19 "Ethereum Signed Message:\n" || length of message in decimal || message)
///
/// Pure; any thread.
/// @source  EIP-191, version 0x45.
hash256 personal_digest(std::span<const uint8_t> message);

} // namespace flwr
