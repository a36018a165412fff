#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <functional>
#include <memory>

namespace flwr {

/// A question to the ledger itself: called once, on the CHAIN's thread, with the ledger as it is
/// then; what it finds out it keeps.
using ledger_question = std::shared_ptr<const std::function<void(const embedded_ledger&)>>;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::ledger_question)

namespace flwr {

/// The embedded CHAIN, for whoever needs to look at all of it.
using embedded_chain_actor = chain_actor::extend<
  // Answers when the question has been called.
  on<void, atom::ask, ledger_question>>;

/// The time of the blocks to come, in seconds since 1970.
using chain_clock = std::function<chain_seconds()>;

/// Spawns the embedded CHAIN around `ledger`. It blocks on the disk; what comes in while it does
/// goes into one block next.
///
/// `send` is answered when the transaction's block is durable, or at once if it waits behind a
/// missing nonce or is in a block already. If the block can't be written, `send` is answered with
/// the file's error; the transaction waits on, and goes into the block that the next `send` makes,
/// which may be the same one again. Before it ends the CHAIN seals what it has.
embedded_chain_actor spawn_embedded_chain(caf::actor_system&, runs_on,
                                          std::shared_ptr<embedded_ledger>, chain_clock);

} // namespace flwr
