#pragma once

#include "actors/audit/description.hpp"
#include "actors/fl/strategy.hpp"
#include "actors/ml/learner.hpp"
#include "apps/options.hpp"

namespace flwr {

/// A task: what is trained, on which data, from which model.
struct task {
  learner_factory make_learner;
  parameters_ptr genesis;
  description text; ///< Without the genesis model's content id.
};

/// At the server: reads the data and draws the genesis model.
/// @errors  usage, missing, corrupt, io -- of the rooms that know the names and files.
expected<task> prepare_task(const server_options&);

/// At a client: reads the data of a run that is described already.
/// @errors  usage -- an option contradicts the description: names both values; or as above.
expected<learner_factory> prepare_learner(const description&, const client_options&);

/// Before a server is asked: whether the names that a client was given are known, and its files
/// there.
/// @errors  usage, missing -- as above.
expected<void> check_places(const client_options&);

/// How many bytes of updates may be under way: as wanted, or what two models take, at least 64 MiB.
uint64_t inbound_bytes(const std::optional<uint64_t>& wanted, const layout& model);

} // namespace flwr
