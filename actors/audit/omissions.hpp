/// Updates that clients put on the chain themselves, and the aggregator left out: what `verify`
/// calls censored (docs/protocol.md, section 10).
#pragma once

#include "actors/audit/round_replay.hpp"

#include <map>

namespace flwr {

/// A round for which trainers have submitted updates, and in which somebody wasn't counted.
struct incomplete_round {
  uint64_t round = 0;
  invited_clients invited;
};

/// How much older than the commit a submission has to be.
inline constexpr uint64_t min_submission_blocks = 10;
inline constexpr uint64_t min_submission_seconds = 60;

/// Notes as wrong whatever the aggregator could have counted and didn't: the submitter was invited,
/// its update has the round's base and the run's layout, can be fetched and averaged, and was on
/// the chain `min_submission_blocks` or `min_submission_seconds` before the commit. A submitter
/// that the run nowhere counts, and so binds to no client id, is known to be invited only where
/// everybody was. What can't be had or doesn't agree accuses nobody. Pure but for the evidence.
/// @param clients  The client ids of the addresses that the run has counted updates of.
void judge_omissions(const evidence&, const run_on_chain&, const run_plan&, const incomplete_round&,
                     const std::map<address, client_id>& clients, const inquiry&);

} // namespace flwr
