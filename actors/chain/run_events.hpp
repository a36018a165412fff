/// What contracts/FederatedRun.sol says: the events in its logs, and why it refused a call. Logs
/// come from a node, which isn't trusted: they are read strictly. All pure; any thread.
#pragma once

#include "actors/chain/run_contract.hpp"
#include "messages/ledger.hpp"

#include <string>
#include <variant>

namespace flwr {

/// A round was committed.
struct round_committed {
  round_commitment what;
  address aggregator{};        ///< Who did it.
  uint64_t previous_block = 0; ///< Of the commit before; for round 1 that of the deployment.

  friend bool operator==(const round_committed&, const round_committed&) = default;
};

/// A trainer put its update on the chain by itself.
struct update_submitted {
  update_submission what;
  address trainer{};

  friend bool operator==(const update_submitted&, const update_submitted&) = default;
};

/// An address became a trainer.
struct trainer_added {
  address trainer{};

  friend bool operator==(const trainer_added&, const trainer_added&) = default;
};

/// Commits come from another address from now on; `previous` is zero at the deployment.
struct aggregator_changed {
  address previous{};
  address current{};

  friend bool operator==(const aggregator_changed&, const aggregator_changed&) = default;
};

/// Ownership passed on; `previous` is zero at the deployment.
struct ownership_transferred {
  address previous{};
  address current{};

  friend bool operator==(const ownership_transferred&, const ownership_transferred&) = default;
};

using run_event = std::variant<round_committed, update_submitted, trainer_added, aggregator_changed,
                               ownership_transferred>;

/// The first topics of the two events that a walk through a run filters for.
hash256 round_committed_topic();
hash256 update_submitted_topic();

/// The event in a log. Who emitted it is for the caller to compare.
/// @errors  rejected -- no event of this contract.
///          corrupt  -- too few or too many topics or bytes, or a dirty word.
expected<run_event> run_event_in(const log&);

/// The log of an event, as the contract at `emitter` writes it.
log log_of(const run_event&, const address& emitter);

/// The bytes that a refused call returned, for people: `WrongBase(expected 0x11..., given 0x22...)`
/// with all arguments by name. No bytes at all: the contract doesn't know the function, or its
/// arguments are malformed, or ether was sent.
/// @errors  corrupt -- no error of this contract, or arguments that break its form.
expected<std::string> refusal_in(std::span<const uint8_t> returned);

} // namespace flwr
