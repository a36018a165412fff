#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/audit/verdict.hpp"

#include <optional>

namespace flwr {

struct verify_limits {
  unsigned threads = 1; ///< Rounds at a time; at least 1.
  /// Of all rounds at a time: fewer of them if they don't fit, see `round_bytes`.
  uint64_t max_memory_bytes = uint64_t{1} << 32;
  uint64_t max_model_bytes = uint64_t{1} << 32;
  /// The run that it has to be, by whoever knows from elsewhere: a journal, a paper.
  std::optional<hash256> expected_run = {};
};

/// Whoever wants to hear early: one call at a time, from any thread. Each may be empty.
struct verify_observer {
  std::function<void(const run_report&)> run;     ///< Once, before the rounds; it has none yet.
  std::function<void(const round_report&)> round; ///< Of each round once it is decided, in order.
};

/// Replays a run from nothing but its contract's address: what `flwr-actor verify` does. Reads the
/// chain as of its newest block, walks the commits, fetches the description, the manifests, all
/// counted updates and the models, and computes every global model again, bit for bit.
///
///   PROVEN   contract, commits, signatures, bases, membership, ids, averages
///   CLAIMED  who was silent or refused, num_examples, metrics; an open list of trainers; and the
///            sampling of rounds before which not everybody had been invited once
///   MISSING  what can't be had; a run without a committed round
///
/// The findings don't depend on `threads`. Pure but for the evidence.
/// @source  PROTOCOL, section 10.
run_report verify_run(const evidence&, const address& contract, const verify_limits&,
                      const verify_observer& = {});

} // namespace flwr
