#pragma once

#include "actors/fl/strategy.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <optional>

namespace flwr {

struct round_coordinator_config {
  uint64_t rounds = 0;
  model_ref genesis; ///< With its tensors; stored already.
  strategy_config strategy;
  bool clients_evaluate = true;
  bool central_evaluation = false;
  std::optional<std::chrono::milliseconds> round_timeout; ///< Of each phase; nothing: no deadline.
  uint64_t max_unconfirmed_rounds = 1;
};

/// Who helps the coordinator.
struct round_coordinator_cast {
  client_manager_actor clients;
  aggregator_actor aggregator;
  ipfs_uploader_actor uploader;
  ipfs_fetcher_actor fetcher;
  recorder_actor recorder;
  journal_actor journal;
  trainer_pool_actor trainers; ///< For central evaluation.
  reporter_actor reporter;
};

/// Spawns a ROUND COORDINATOR. A round is: sample, instruct, fold the answers as they come, close
/// (all have answered, or the deadline has passed), store the average, write down, then let the
/// clients test the model while the next round trains and the recorder records. The next round
/// waits while more than `max_unconfirmed_rounds` are untested or unrecorded.
round_coordinator_actor spawn_round_coordinator(caf::actor_system&, round_coordinator_config,
                                                round_coordinator_cast);

} // namespace flwr
