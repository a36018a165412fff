/// What a ledger asks of a transaction whatever its state is, by the rules of Shanghai.
#pragma once

#include "actors/chain/transaction.hpp"
#include "messages/error.hpp"

namespace flwr {

/// The longest creation code, in bytes: EIP-3860.
constexpr size_t max_init_code_bytes = 49'152;

/// The gas that a transaction takes before any code runs. Pure, as all here; any thread.
/// @source  Yellow paper, section 6.2; EIP-2, EIP-2028, EIP-2930, EIP-3860.
uint64_t intrinsic_gas(const transaction&);

/// Whether a ledger could include it, be its state what it may.
/// @errors  rejected -- the nonce is the last number (EIP-2681), the gas limit is below
///          intrinsic_gas, the creation code is too long (EIP-3860), the priority fee is above the
///          whole one (EIP-1559), or gas limit times fee passes 2^256; says so in geth's words,
///          which libraries know, and with numbers.
expected<void> check_transaction(const transaction&);

} // namespace flwr
