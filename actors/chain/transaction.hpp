/// Transactions as values and as the bytes that nodes exchange.
#pragma once

#include "actors/chain/account.hpp"
#include "messages/error.hpp"
#include "messages/ledger.hpp"

#include <optional>
#include <span>
#include <vector>

namespace flwr {

/// The type byte of EIP-2718; a legacy transaction has none.
enum class tx_type : uint8_t {
  legacy = 0,      ///< With EIP-155's chain id, or before it without.
  access_list = 1, ///< EIP-2930.
  dynamic_fee = 2, ///< EIP-1559.
};

/// An account that a transaction says it will touch, and the slots of its storage.
struct access_list_entry {
  address account{};
  std::vector<hash256> storage_keys;

  friend bool operator==(const access_list_entry&, const access_list_entry&) = default;
};

struct transaction {
  tx_type type = tx_type::dynamic_fee;
  std::optional<uint64_t> chain_id; ///< Only a legacy transaction may be without.
  uint64_t nonce = 0;
  u256 max_priority_fee_per_gas; ///< In wei. Before EIP-1559 it equals the next one.
  u256 max_fee_per_gas;          ///< In wei. Before EIP-1559: the gas price.
  uint64_t gas_limit = 0;
  std::optional<address> to; ///< Nothing: creates a contract, `data` is its creation code.
  u256 value;                ///< In wei.
  bytes data;
  std::vector<access_list_entry> access_list; ///< Empty in a legacy transaction.

  friend bool operator==(const transaction&, const transaction&) = default;
};

/// A transaction with all that follows from its signature.
struct signed_transaction {
  transaction fields;
  flwr::signature signature;
  address sender{};
  bytes raw; ///< What eth_sendRawTransaction takes.
  tx_hash hash{};
};

/// The bytes whose Keccak-256 is signed. Pure, as everything here; any thread.
/// @source  Yellow paper, appendix F; EIP-155, EIP-2930, EIP-1559.
bytes unsigned_bytes(const transaction&);

/// The number before r and s in the signed bytes: the parity, or before EIP-2930 that and the chain
/// id in one (EIP-155).
u256 signature_v(const transaction&, uint8_t parity);

/// The inverse: sets a legacy transaction's chain id, returns the parity. Nothing if no signature
/// has such a number.
std::optional<uint8_t> take_signature_v(const u256& v, transaction&);

/// What eth_sendRawTransaction takes.
bytes signed_bytes(const transaction&, const signature&);

/// The digest that is signed.
hash256 signing_hash(const transaction&);

/// The same transaction and key give the same bytes.
signed_transaction sign(transaction, const signing_key&);

/// Reads what `sign` writes and recovers the sender. Strict: canonical RLP, no field too many, low
/// s. What the fields ask for is check_transaction's business, and the chain id the ledger's.
/// @errors  corrupt -- no transaction, or nobody's signature; says which field is wrong.
///          rejected -- of a type that isn't supported (blobs, delegations, later ones).
expected<signed_transaction> decode_transaction(std::span<const uint8_t> raw);

} // namespace flwr
