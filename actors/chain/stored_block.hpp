#pragma once

#include "actors/chain/block.hpp"
#include "messages/error.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace flwr {

/// A block as the ledger's file keeps it: what can't be computed again from the blocks before, and
/// the header to compare with.
struct stored_block {
  block_header header; ///< Up to Shanghai, all fields.
  std::vector<bytes> transactions;
};

/// RLP([header, [raw transaction, ...]]), the header's fields as in its hash. Pure, as all here;
/// any thread.
bytes encode(const stored_block&);

/// @errors  corrupt -- no such RLP, or a field is missing, too long or too many; says which.
expected<stored_block> decode_stored_block(std::span<const uint8_t>);

/// The first field in which two headers differ, in words of people; nothing if they are equal.
std::optional<std::string_view> difference(const block_header&, const block_header&);

} // namespace flwr
