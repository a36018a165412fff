#pragma once

#include "actors/chain/account.hpp"
#include "messages/actors.hpp"

namespace flwr {

struct tx_sender_config {
  signing_key_ptr account; ///< Nobody else may send from it while this actor lives.
  uint64_t chain_id = 0;
};

/// Spawns a TX SENDER. Transactions get consecutive nonces in the order of the requests; each is in
/// the journal before the chain hears of it, so that a restarted server can send the same bytes
/// again. One that is mined but failed is answered with the contract's reason.
tx_sender_actor spawn_tx_sender(caf::actor_system&, tx_sender_config, chain_actor,
                                chain_watcher_actor, journal_actor);

} // namespace flwr
