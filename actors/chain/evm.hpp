/// The Ethereum Virtual Machine, as much of it as contracts/FederatedRun.sol compiles to.
#pragma once

#include "messages/ledger.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace flwr {

/// A contract's storage, slot by slot. What isn't there is 0.
using evm_storage = std::map<u256, u256>;

/// What code may ask of the block that it runs in.
struct evm_block {
  uint64_t chain_id = 0;
  uint64_t number = 0;
  uint64_t timestamp = 0; ///< Seconds since 1970.
};

/// Code to run, and for whom.
struct evm_call {
  std::span<const uint8_t> code; ///< Trusted to be ours; it is bounded by gas all the same.
  std::span<const uint8_t> data;
  address contract{}; ///< Whose code it is.
  address caller{};
  u256 value;                ///< In wei.
  uint64_t gas = 0;          ///< What it may use, after what the transaction takes in any case.
  std::set<u256> warm_slots; ///< Of the transaction's access list (EIP-2930).
  evm_block block;
};

enum class evm_end : uint8_t {
  returned,
  reverted, ///< The code said so.
  halted,   ///< Out of gas, or no code that the machine can run. All gas is used up.
};

/// What came of it. Unless it returned, there are no logs, changes or refund.
struct evm_result {
  evm_end end = evm_end::halted;
  uint64_t gas_left = 0;
  uint64_t refund = 0; ///< Of gas, before the cap of EIP-3529.
  bytes output;        ///< Returned, or the reason of the revert.
  std::vector<log> logs;
  evm_storage changes; ///< New values of slots; 0 clears one.
};

/// Runs code by the rules of Shanghai, gas included. It has no operation that reaches another
/// contract, an account or the block's past: code that needs one halts, as at an unknown
/// operation. Pure; any thread.
/// @source  Yellow paper, section 9 and appendix H; EIP-2200, EIP-2929, EIP-3529, EIP-3855.
evm_result run_evm(const evm_call&, const evm_storage&);

} // namespace flwr
