/// What the cast knows of Ethereum: blocks, receipts and logs, in the words of its JSON-RPC.
#pragma once

#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <optional>
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

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::block_ref)
FLWR_LOCAL_MESSAGE(flwr::log)
FLWR_LOCAL_MESSAGE(flwr::receipt)
