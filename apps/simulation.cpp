#include "apps/simulation.hpp"

#include "actors/aggregator.hpp"
#include "actors/client.hpp"
#include "actors/client_manager.hpp"
#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs_fetcher.hpp"
#include "actors/ipfs_uploader.hpp"
#include "actors/recorder.hpp"
#include "actors/reporter.hpp"
#include "actors/round_coordinator.hpp"
#include "actors/runtime/journal.hpp"
#include "actors/trainer.hpp"
#include "actors/trainer_pool.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace flwr {
namespace {

retry_config retries() {
  return {.policy = {},
          .attempt_timeout = std::chrono::seconds{30},
          .jitter = [source = std::mt19937{std::random_device{}()}]() mutable {
            return std::uniform_real_distribution{0.0, 1.0}(source);
          }};
}

uint64_t inbound_bytes(const server_options& options, const layout& model) {
  return options.inbound_bytes.value_or(std::max<uint64_t>(2 * model.file_bytes, 64 << 20));
}

trainer_pool_actor spawn_trainers(caf::actor_system& sys, const server_options& options,
                                  const task& what, const reporter_actor& reporter) {
  trainer_pool_config cfg{.trainers = {},
                          .inbound_bytes = inbound_bytes(options, *what.genesis->layout)};
  for (uint64_t i = 0; i < options.workers; ++i)
    cfg.trainers.push_back(spawn_trainer(sys, runs_on::own_thread, what.make_learner, reporter));
  return spawn_trainer_pool(sys, std::move(cfg));
}

round_coordinator_config rounds_of(const server_options& options, const prepared_run& run) {
  return {.rounds = options.rounds,
          .genesis = {run.genesis, run.what.genesis},
          .strategy = run.what.text.strategy,
          .clients_evaluate = options.evaluate != evaluate_by::central,
          .central_evaluation = options.evaluate != evaluate_by::clients,
          .round_timeout = options.round_timeout,
          .max_unconfirmed_rounds = 1};
}

void let_clients_join(caf::actor_system& sys, uint64_t clients, const layout_ptr& layout,
                      const round_coordinator_cast& cast) {
  for (uint64_t id = 0; id < clients; ++id)
    caf::anon_send(cast.clients, atom::joined_v, client_id{id},
                   spawn_client(sys, {.id = client_id{id},
                                      .layout = layout,
                                      .fetcher = cast.fetcher,
                                      .uploader = cast.uploader,
                                      .trainers = cast.trainers}));
}

template <class Handle>
cast_member member(std::string name, const Handle& handle) {
  return {std::move(name), caf::actor_cast<caf::actor>(handle)};
}

} // namespace

supervisor_actor start_simulation(caf::actor_system& sys, const server_options& options,
                                  prepared_run run, outlets out,
                                  std::function<void(farewell)> farewell) {
  auto layout = run.what.genesis->layout;
  auto& strategy = run.what.text.strategy;
  round_coordinator_cast cast;
  cast.reporter = spawn_reporter(sys, {.rounds = options.rounds,
                                       .folder = run.folder.path,
                                       .bar = out.bar,
                                       .say = std::move(out.say),
                                       .progress = std::move(out.progress),
                                       .data = std::move(out.data)});
  auto store = spawn_block_store(sys, runs_on::own_thread, run.blocks);
  cast.journal = spawn_journal(sys, runs_on::own_thread, std::move(run.journal));
  cast.uploader = spawn_ipfs_uploader(sys, store, retries());
  cast.fetcher = spawn_ipfs_fetcher(sys, store, retries());
  cast.recorder = spawn_recorder(sys, cast.uploader, cast.journal);
  cast.aggregator = spawn_aggregator(sys, layout, strategy.max_examples);
  cast.trainers = spawn_trainers(sys, options, run.what, cast.reporter);
  cast.clients = spawn_client_manager(
    sys, {.clients = options.clients, .seed = options.seed, .strategy = strategy}, cast.reporter);
  let_clients_join(sys, options.clients, layout, cast);
  auto coordinator = spawn_round_coordinator(sys, rounds_of(options, run), cast);
  // The state directory stays locked until the last of the cast has gone.
  auto lock = std::make_shared<run_directory>(std::move(run.state));
  auto boss = spawn_supervisor(
    sys, {.cast = {member("round coordinator", coordinator), member("client manager", cast.clients),
                   member("trainer pool", cast.trainers), member("aggregator", cast.aggregator),
                   member("recorder", cast.recorder), member("ipfs uploader", cast.uploader),
                   member("ipfs fetcher", cast.fetcher), member("block store", store),
                   member("journal", cast.journal)},
          .reporter = cast.reporter,
          .farewell = [lock, farewell = std::move(farewell)](flwr::farewell last) {
            farewell(std::move(last));
          }});
  caf::anon_send(coordinator, atom::start_v, boss);
  return boss;
}

} // namespace flwr
