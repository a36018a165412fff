#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/chain/run_contract.hpp"
#include "messages/actors.hpp"

#include <optional>

namespace flwr {

/// Where a RECORDER commits.
struct recorder_ledger {
  tx_sender_actor sender;
  run_terms terms;    ///< What the contract is deployed with.
  address contract{}; ///< Where it will be.
};

struct recorder_config {
  run_identity run;
  std::optional<recorder_ledger> ledger; ///< Nothing: `--chain none`.
};

/// Spawns a RECORDER. A round stands when its updates, its model and its manifest are durable, its
/// commit is confirmed, and the journal says so. It makes clients trainers of the contract before
/// the first commit that counts them. Without a ledger there are no commits.
recorder_actor spawn_recorder(caf::actor_system&, recorder_config, ipfs_uploader_actor,
                              journal_actor);

} // namespace flwr
