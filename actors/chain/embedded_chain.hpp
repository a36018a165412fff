#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <functional>
#include <memory>

namespace flwr {

/// The time of the blocks to come, in seconds since 1970.
using chain_clock = std::function<chain_seconds()>;

/// Spawns the embedded CHAIN around `ledger`. It blocks on the disk; what comes in while it does
/// goes into one block next.
///
/// `send` is answered when the transaction's block is durable, or at once if it waits behind a
/// missing nonce or is in a block already. If the block can't be written, `send` is answered with
/// the file's error; the transaction waits on, and goes into the block that the next `send` makes,
/// which may be the same one again. Before it ends the CHAIN seals what it has.
chain_actor spawn_embedded_chain(caf::actor_system&, runs_on, std::shared_ptr<embedded_ledger>,
                                 chain_clock);

} // namespace flwr
