#pragma once

#include "actors/chain/block.hpp"
#include "actors/chain/transaction.hpp"
#include "actors/chain/versioned_state.hpp"

#include <vector>

namespace flwr {

/// What the gas of a block's transactions may come to.
inline constexpr uint64_t block_gas_limit = uint64_t{1} << 24;

/// A block with all that follows from it.
struct sealed_block {
  block_header header;
  block_ref place;
  std::vector<bytes> transactions; ///< Raw, in the order of the receipts.
  std::vector<receipt> receipts;
};

/// The block that has the state of the accounts funded from the start, and no parent.
sealed_block genesis_block(versioned_state&, uint64_t timestamp);

/// A block under construction. There is no base fee, and fees go to the address zero. `state` and
/// `parent` must outlive it; what was added stays in the state's open block. One thread at a time.
class block_builder {
public:
  block_builder(versioned_state& state, const sealed_block& parent, uint64_t chain_id,
                uint64_t timestamp);

  bool has_room_for(const transaction&) const;

  /// Executes a transaction that there is room for.
  /// @errors  rejected -- as `execute`; nothing was changed.
  expected<void> add(const signed_transaction&);

  bool is_empty() const { return block_.transactions.empty(); }

  /// The block with roots, bloom and hash. Nothing can be added afterwards.
  sealed_block finish();

private:
  receipt next_receipt(const signed_transaction&, embedded_outcome) const;

  versioned_state& state_;
  uint64_t chain_id_;
  sealed_block block_;
  uint64_t log_count_ = 0;
};

} // namespace flwr
