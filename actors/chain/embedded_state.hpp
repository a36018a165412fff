/// The state of the embedded ledger and what a transaction makes of it: accounts, and contracts of
/// one kind only, which run their own bytecode. State in, difference out; all pure; any thread.
#pragma once

#include "actors/chain/evm.hpp"
#include "messages/error.hpp"

#include <optional>

namespace flwr {

struct embedded_account {
  uint64_t nonce = 0;
  u256 balance;        ///< In wei.
  blob_ptr code;       ///< Of a contract; else nothing.
  evm_storage storage; ///< No zeros.
};

/// What isn't there is an account with nothing.
using embedded_state = std::map<address, embedded_account>;

/// An account after a transaction. Storage: new values of slots, 0 clears one.
using embedded_change = std::map<address, embedded_account>;

/// The slots that a transaction says it will touch, and whose (EIP-2930).
using touched_slots = std::map<address, std::set<u256>>;

/// A transaction, decoded and found in order as far as that shows without a state.
struct embedded_message {
  address from{};
  uint64_t nonce = 0;
  std::optional<address> to; ///< Nothing: creates a contract, `data` is its creation code.
  address created{};         ///< Where it would be created: by `from` and `nonce`.
  u256 value;                ///< In wei.
  std::span<const uint8_t> data;
  uint64_t gas_limit = 0;
  uint64_t intrinsic_gas = 0; ///< What it takes before any code runs, access list included.
  u256 gas_price;             ///< What is paid, in wei per gas.
  u256 max_gas_price;         ///< What has to be there, in wei per gas.
  touched_slots access_list;
};

/// The block that it goes into. There is no base fee: the whole price is the beneficiary's.
struct embedded_block {
  evm_block block;
  address beneficiary{};
};

/// What became of it.
struct embedded_outcome {
  bool succeeded = false; ///< Status 1. Nonce and fee are taken either way.
  uint64_t gas_used = 0;
  std::vector<log> logs;
  bytes output; ///< What the call returned, or why it reverted; of a creation nothing.
  std::optional<address> contract; ///< The created one.
  embedded_change change;
};

/// Executes a transaction by the rules of Shanghai, gas included.
/// @errors  rejected -- it can't be in a block after this state, which stays as it is: the nonce is
///          another than the account's, the gas limit is below the intrinsic gas, the balance is
///          too low, or it creates another contract than FederatedRun. Says with numbers.
expected<embedded_outcome> execute(const embedded_state&, const embedded_message&,
                                   const embedded_block&);

/// The same without its conditions and consequences, as `eth_call` has it: nonce, balance and
/// intrinsic gas count for nothing, and `gas_used` is the code's own.
embedded_outcome call(const embedded_state&, const embedded_message&, const embedded_block&);

/// The state after a change. Whoever owns the state moves it in.
embedded_state applied(embedded_state, const embedded_change&);

} // namespace flwr
