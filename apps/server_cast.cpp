#include "apps/server_cast.hpp"

#include "actors/aggregator.hpp"
#include "actors/chain/address.hpp"
#include "actors/chain/embedded_chain.hpp"
#include "actors/chain_watcher.hpp"
#include "actors/client.hpp"
#include "actors/client_manager.hpp"
#include "actors/event_tee.hpp"
#include "actors/housekeeper.hpp"
#include "actors/ipfs_fetcher.hpp"
#include "actors/ipfs_uploader.hpp"
#include "actors/recorder.hpp"
#include "actors/reporter.hpp"
#include "actors/round_coordinator.hpp"
#include "actors/runtime/journal.hpp"
#include "actors/trainer.hpp"
#include "actors/trainer_pool.hpp"
#include "actors/tx_sender.hpp"
#include "apps/storage_retries.hpp"

#include <utility>

namespace flwr {
namespace {

trainer_pool_actor spawn_trainers(caf::actor_system& sys, const server_options& options,
                                  const task& what, const reporter_actor& reporter) {
  trainer_pool_config cfg{
    .trainers = {}, .inbound_bytes = inbound_bytes(options.inbound_bytes, *what.genesis->layout)};
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

template <class Handle>
cast_member member(std::string name, const Handle& handle) {
  return {std::move(name), caf::actor_cast<caf::actor>(handle)};
}

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

client_manager_config clients_of(const server_options& options, const prepared_run& run) {
  return {.clients = options.clients,
          .seed = options.seed,
          .strategy = run.what.text.strategy,
          .run = run.identity,
          .rejoin_grace = options.simulate ? std::chrono::milliseconds{0} : options.rejoin_grace,
          .join_timeout = options.join_timeout,
          .may_return = options.simulate == 0};
}

/// Whoever uses another one ends before it.
std::vector<cast_member> order_of_the_end(const server_cast& all) {
  auto& cast = all.rounds;
  std::vector order{member("round coordinator", all.coordinator),
                    member("client manager", cast.clients), member("trainer pool", cast.trainers),
                    member("aggregator", cast.aggregator), member("recorder", cast.recorder)};
  if (all.ledger)
    order.insert(order.end(), {member("tx sender", all.ledger->sender),
                               member("chain watcher", all.ledger->watcher),
                               member("embedded chain", all.ledger->chain)});
  order.insert(order.end(),
               {member("ipfs uploader", cast.uploader), member("ipfs fetcher", cast.fetcher),
                member("block store", all.store), member("journal", cast.journal)});
  return order;
}

} // namespace

server_cast spawn_server_cast(caf::actor_system& sys, const server_options& options,
                              prepared_run& run, outlets out) {
  server_cast all;
  auto& cast = all.rounds;
  cast.reporter = spawn_reporter(sys, {.rounds = options.rounds,
                                       .ledger = place_of(run),
                                       .folder = run.folder.path,
                                       .bar = out.bar,
                                       .guests = options.simulate == 0,
                                       .say = std::move(out.say),
                                       .progress = std::move(out.progress),
                                       .data = std::move(out.data)});
  if (out.listener)
    cast.reporter = spawn_event_tee(sys, cast.reporter, out.listener);
  all.store = spawn_block_store(sys, runs_on::own_thread, run.blocks);
  cast.reporter = spawn_event_tee(
    sys, cast.reporter,
    spawn_housekeeper(
      sys, {.rounds = options.rounds, .store = all.store, .begin = std::move(out.begin)}));
  cast.journal = spawn_journal(sys, runs_on::own_thread, std::move(run.journal));
  cast.uploader = spawn_ipfs_uploader(sys, all.store, storage_retries());
  cast.fetcher = spawn_ipfs_fetcher(sys, all.store, storage_retries());
  if (run.ledger)
    all.ledger = spawn_ledger(sys, options, *run.ledger, cast.journal);
  cast.recorder = spawn_recorder(sys, recorder_of(run, all.ledger), cast.uploader, cast.journal);
  cast.aggregator =
    spawn_aggregator(sys, run.what.genesis->layout, run.what.text.strategy.max_examples);
  cast.trainers = spawn_trainers(sys, options, run.what, cast.reporter);
  cast.clients = spawn_client_manager(sys, clients_of(options, run), cast.journal, cast.reporter);
  all.coordinator = spawn_round_coordinator(sys, rounds_of(options, run), cast);
  caf::anon_send(all.store, atom::await_v, all.coordinator);
  return all;
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
                                      .trainers = cast.trainers,
                                      .keeper = {},
                                      .watchtower = {},
                                      .kept = {},
                                      .profile = {}}));
  }
}

supervisor_actor start_run(caf::actor_system& sys, const server_cast& all,
                           std::vector<cast_member> doors, run_directory state,
                           std::function<void(farewell)> farewell) {
  auto lock = std::make_shared<run_directory>(std::move(state));
  auto cast = order_of_the_end(all);
  // Before all others but those who say goodbye to the clients.
  cast.insert(cast.begin() + 2, doors.begin(), doors.end());
  auto boss =
    spawn_supervisor(sys, {.cast = std::move(cast),
                           .reporter = all.rounds.reporter,
                           .farewell = [lock, farewell = std::move(farewell)](flwr::farewell last) {
                             farewell(std::move(last));
                           }});
  caf::anon_send(all.coordinator, atom::start_v, boss);
  return boss;
}

} // namespace flwr
