#pragma once

#include "actors/audit/run_plan.hpp"

#include <map>

namespace flwr {

/// Whom a round's manifest says to be invited and, where an update is counted, whose signature it
/// bears.
using invited_clients = std::map<client_id, std::optional<address>>;

/// A round by itself: its report so far, and what its manifest says of clients. Whether that agrees
/// with the rounds before is for the ROSTER to say.
struct replayed_round {
  round_report report;
  std::optional<invited_clients> invited; ///< Nothing without a manifest that can be read.
  /// Whether trainers have put updates for it on the chain; asked only if somebody wasn't counted.
  bool has_submissions = false;
};

/// The memory that a round takes: two models and 16 bytes a parameter.
uint64_t round_bytes(const layout&);

/// Checks one commit and all behind it: the manifest and what it says; each counted update's
/// signature, bytes, layout and range; that they average to the committed model, bit for bit; and
/// that this is stored. A round without a counted update has to keep its base. Missing updates
/// don't keep the others from being checked. If memory runs out, this is what is missing. Pure but
/// for the evidence; any thread.
replayed_round replay_round(const evidence&, const run_on_chain&, const run_plan&,
                            const placed_commit&);

} // namespace flwr
