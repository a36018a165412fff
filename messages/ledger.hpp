/// What the cast knows of Ethereum: blocks, receipts and logs, in the words of its JSON-RPC.
#pragma once

#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flwr {

/// The Keccak-256 of a signed transaction's bytes.
using tx_hash = hash256;

/// One block of one chain: after a reorganisation the same number has another hash.
struct block_ref {
  uint64_t number = 0;
  hash256 hash{};

  friend bool operator==(const block_ref&, const block_ref&) = default;
};

/// What a contract said while it ran.
struct log {
  address emitter{};
  std::vector<hash256> topics; ///< At most 4; the first one names the event.
  bytes data;

  friend bool operator==(const log&, const log&) = default;
};

/// What became of a transaction that is in a block.
struct receipt {
  tx_hash transaction{};
  uint8_t type = 2;   ///< 0 legacy, 1 EIP-2930, 2 EIP-1559.
  uint64_t index = 0; ///< Of the transaction in its block.
  block_ref block;
  address from{};
  std::optional<address> to;       ///< Nothing: it created a contract.
  std::optional<address> contract; ///< The created one.
  bool succeeded = false;          ///< Status 1. Nonce and fee are taken either way.
  uint64_t gas_used = 0;
  uint64_t cumulative_gas_used = 0; ///< In its block, this transaction included.
  u256 effective_gas_price;         ///< In wei.
  std::vector<log> logs;
  uint64_t first_log = 0; ///< The first log's index in its block.

  friend bool operator==(const receipt&, const receipt&) = default;
};

/// A call that the account's owner wants on chain. The TX SENDER adds nonce, fees and signature.
struct tx_request {
  std::optional<address> to; ///< Nothing: creates a contract.
  bytes data;
  uint64_t gas_limit = 0;
  std::string purpose; ///< For people and the journal: "commit of round 3".
};

/// A question to a contract, which changes nothing.
struct call_request {
  address from{};
  std::optional<address> to;
  bytes data;
  uint64_t block_number = 0; ///< As of the end of this block.
  u256 value{};              ///< In wei.
};

/// Which logs: of this contract, in these blocks, with this first topic.
struct log_query {
  address emitter{};
  std::optional<hash256> topic;
  uint64_t first_block = 0, last_block = 0;
};

/// A log and where it stands.
struct placed_log {
  log what;
  block_ref block;
  tx_hash transaction{};
  uint64_t index = 0; ///< In its block.

  friend bool operator==(const placed_log&, const placed_log&) = default;
};

/// A block's place and time.
struct block_facts {
  block_ref block;
  hash256 parent{};
  uint64_t timestamp = 0; ///< Seconds since 1970.
};

/// What a transaction has to pay at least to be taken now, in wei per gas.
struct fee_terms {
  u256 base_fee;
  u256 priority_fee;
};

/// Raw signed bytes and where they are.
struct placed_transaction {
  bytes raw;
  block_ref block;
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::tx_request)
FLWR_LOCAL_MESSAGE(flwr::call_request)
FLWR_LOCAL_MESSAGE(flwr::log_query)
FLWR_LOCAL_MESSAGE(std::vector<flwr::placed_log>)
FLWR_LOCAL_MESSAGE(flwr::block_facts)
FLWR_LOCAL_MESSAGE(flwr::fee_terms)
FLWR_LOCAL_MESSAGE(flwr::placed_transaction)
FLWR_LOCAL_MESSAGE(std::optional<flwr::receipt>)
FLWR_LOCAL_MESSAGE(std::optional<flwr::placed_transaction>)
FLWR_LOCAL_MESSAGE(flwr::block_ref)
FLWR_LOCAL_MESSAGE(flwr::log)
FLWR_LOCAL_MESSAGE(flwr::receipt)
