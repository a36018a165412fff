/// A run as its chain tells it, everything as of one block. Of what a node says only that is taken
/// which agrees with all else that it says: logs with receipts, these with transactions and their
/// signatures, all with the contract's state.
#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/audit/inquiry.hpp"
#include "actors/audit/signed_updates.hpp"
#include "actors/chain/run_events.hpp"

namespace flwr {

/// A commit and the log that says so.
struct placed_commit {
  round_committed event;
  placed_log log;
};

struct run_on_chain {
  uint64_t chain_id = 0;
  address contract{};
  block_ref head;
  run_terms terms;
  run_identity identity;
  uint64_t start_block = 0;
  std::vector<placed_commit> commits; ///< Of the rounds 1, 2, 3, ...

  /// The digest of the global model after a round; of the genesis model after round 0.
  const hash256& model_after(uint64_t round) const;

  /// The same as a content id of version 1.
  content_id model_id_after(uint64_t round) const;
};

/// Reads which run the contract at this address is: its creation's transaction must hold this
/// version's code, and create that address. Then walks its commits backwards, from block to block.
/// @param run  Filled as far as it goes.
/// @returns    Whether all of it is there and agrees.
bool read_run(const evidence&, const address& contract, const inquiry&, run_on_chain& run);

/// Whether a commit's log agrees with its receipt, its transaction and the contract's state, and
/// whether it goes on from the model of the round before.
bool check_commit(const evidence&, const run_on_chain&, const placed_commit&, const inquiry&);

/// Whether an address is on the contract's list of trainers at the end of a block; nothing if the
/// contract doesn't say. Who is on it stays there.
std::optional<bool> is_trainer(const evidence&, const run_on_chain&, const address& who,
                               uint64_t block_number, const inquiry&);

} // namespace flwr
