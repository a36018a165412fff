#include "apps/simulation.hpp"

#include "actors/aggregator.hpp"
#include "actors/chain/address.hpp"
#include "actors/chain/embedded_chain.hpp"
#include "actors/chain_watcher.hpp"
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
#include "actors/tx_sender.hpp"

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
          .max_unconfirmed_rounds = options.max_unconfirmed_rounds};
}

void let_clients_join(caf::actor_system& sys, const prepared_run& run,
                      const round_coordinator_cast& cast) {
  for (size_t i = 0; i < run.client_keys.size(); ++i) {
    client_id id{i};
    auto& key = run.client_keys[i];
    caf::anon_send(cast.clients, atom::joined_v, id, key->address(),
                   spawn_client(sys, {.id = id,
                                      .run = run.identity,
                                      .key = key,
                                      .layout = run.what.genesis->layout,
                                      .fetcher = cast.fetcher,
                                      .uploader = cast.uploader,
                                      .trainers = cast.trainers}));
  }
}

template <class Handle>
cast_member member(std::string name, const Handle& handle) {
  return {std::move(name), caf::actor_cast<caf::actor>(handle)};
}

/// The actors of a ledger, in the order in which they end.
struct ledger_cast {
  tx_sender_actor sender;
  chain_watcher_actor watcher;
  chain_actor chain;
};

ledger_cast spawn_ledger(caf::actor_system& sys, const server_options& options,
                         const prepared_ledger& ledger, const journal_actor& journal) {
  auto chain = spawn_embedded_chain(sys, runs_on::own_thread, ledger.ledger, system_time);
  auto watcher = spawn_chain_watcher(sys, {.confirmations = options.confirmations}, chain);
  auto sender = spawn_tx_sender(sys, {.account = ledger.account, .chain_id = ledger.chain_id},
                                chain, watcher, journal);
  return {sender, watcher, chain};
}

recorder_config recorder_of(const prepared_run& run, const std::optional<ledger_cast>& ledger) {
  if (!ledger)
    return {.run = run.identity, .ledger = {}};
  return {.run = run.identity,
          .ledger = recorder_ledger{ledger->sender, run.terms, run.ledger->contract}};
}

std::optional<ledger_place> place_of(const prepared_run& run) {
  if (!run.ledger)
    return std::nullopt;
  return ledger_place{to_text(run.ledger->contract), run.ledger->chain_id};
}

supervisor_config order_of_the_end(const round_coordinator_actor& coordinator,
                                   const round_coordinator_cast& cast,
                                   const std::optional<ledger_cast>& ledger,
                                   const blob_store_actor& store) {
  supervisor_config cfg{
    .cast = {member("round coordinator", coordinator), member("client manager", cast.clients),
             member("trainer pool", cast.trainers), member("aggregator", cast.aggregator),
             member("recorder", cast.recorder)},
    .reporter = cast.reporter,
    .farewell = {}};
  if (ledger)
    cfg.cast.insert(cfg.cast.end(),
                    {member("tx sender", ledger->sender), member("chain watcher", ledger->watcher),
                     member("embedded chain", ledger->chain)});
  cfg.cast.insert(cfg.cast.end(),
                  {member("ipfs uploader", cast.uploader), member("ipfs fetcher", cast.fetcher),
                   member("block store", store), member("journal", cast.journal)});
  return cfg;
}

} // namespace

supervisor_actor start_simulation(caf::actor_system& sys, const server_options& options,
                                  prepared_run run, outlets out,
                                  std::function<void(farewell)> farewell) {
  auto layout = run.what.genesis->layout;
  auto& strategy = run.what.text.strategy;
  round_coordinator_cast cast;
  cast.reporter = spawn_reporter(sys, {.rounds = options.rounds,
                                       .ledger = place_of(run),
                                       .folder = run.folder.path,
                                       .bar = out.bar,
                                       .say = std::move(out.say),
                                       .progress = std::move(out.progress),
                                       .data = std::move(out.data)});
  auto store = spawn_block_store(sys, runs_on::own_thread, run.blocks);
  cast.journal = spawn_journal(sys, runs_on::own_thread, std::move(run.journal));
  cast.uploader = spawn_ipfs_uploader(sys, store, retries());
  cast.fetcher = spawn_ipfs_fetcher(sys, store, retries());
  std::optional<ledger_cast> ledger;
  if (run.ledger)
    ledger = spawn_ledger(sys, options, *run.ledger, cast.journal);
  cast.recorder = spawn_recorder(sys, recorder_of(run, ledger), cast.uploader, cast.journal);
  cast.aggregator = spawn_aggregator(sys, layout, strategy.max_examples);
  cast.trainers = spawn_trainers(sys, options, run.what, cast.reporter);
  cast.clients = spawn_client_manager(
    sys,
    {.clients = options.clients, .seed = options.seed, .strategy = strategy, .run = run.identity},
    cast.journal, cast.reporter);
  let_clients_join(sys, run, cast);
  auto coordinator = spawn_round_coordinator(sys, rounds_of(options, run), cast);
  // The state directory stays locked until the last of the cast has gone.
  auto lock = std::make_shared<run_directory>(std::move(run.state));
  auto ending = order_of_the_end(coordinator, cast, ledger, store);
  ending.farewell = [lock, farewell = std::move(farewell)](flwr::farewell last) {
    farewell(std::move(last));
  };
  auto boss = spawn_supervisor(sys, std::move(ending));
  caf::anon_send(coordinator, atom::start_v, boss);
  return boss;
}

} // namespace flwr
