#pragma once

#include "actors/chain/receipt_codec.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <optional>

namespace flwr {

/// The Keccak-256 of an empty list in RLP: a block without ommers has it, so every one since the
/// Merge.
constexpr hash256 no_ommers_hash{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5,
                                 0x67, 0xb6, 0xcc, 0xd4, 0x1a, 0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a,
                                 0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47};

/// What a block says of itself, up to Shanghai's fields, in the words of the JSON-RPC.
/// @source  Yellow paper, section 4.4; EIP-1559, EIP-4399, EIP-4895.
struct block_header {
  hash256 parent_hash{};
  hash256 ommers_hash = no_ommers_hash;
  address beneficiary{};
  hash256 state_root{};
  hash256 transactions_root{};
  hash256 receipts_root{};
  flwr::logs_bloom logs_bloom{};
  u256 difficulty; ///< 0 since the Merge.
  uint64_t number = 0;
  uint64_t gas_limit = 0;
  uint64_t gas_used = 0;
  uint64_t timestamp = 0; ///< Seconds since 1970.
  bytes extra_data;       ///< At most 32 bytes, says the yellow paper.
  hash256 mix_hash{};     ///< The randomness since the Merge.
  std::array<uint8_t, 8> nonce{};
  std::optional<u256> base_fee_per_gas;    ///< In wei. Nothing before London.
  std::optional<hash256> withdrawals_root; ///< Nothing before Shanghai; needs the one above.
};

/// The header's RLP, field by field. Pure; any thread.
bytes encode_header(const block_header&);

/// The Keccak-256 of these bytes: the block's hash.
hash256 block_hash(const block_header&);

} // namespace flwr
