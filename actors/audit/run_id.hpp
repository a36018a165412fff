#pragma once

#include "messages/types.hpp"

namespace flwr {

/// What tells one run from every other, on all chains:
///
///     run = keccak256(abi.encode(chain_id, contract, genesis, description, salt))
///
/// five words of 32 bytes: uint256 and address big-endian behind zeros, the two content ids by
/// their digests. Pure; any thread.
/// @param chain_id  0 without a chain, as is `contract`.
/// @param salt      32 random bytes of the deployer: a fresh development chain repeats no run.
/// @source          PROTOCOL, section 1; Solidity, "Contract ABI specification".
hash256 run_id(uint64_t chain_id, const address& contract, const content_id& genesis,
               const content_id& description, const hash256& salt);

} // namespace flwr
