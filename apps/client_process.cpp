#include "apps/client_process.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/rpc_chain.hpp"
#include "actors/client_host.hpp"
#include "actors/client_reporter.hpp"
#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/kubo_store.hpp"
#include "actors/ipfs_fetcher.hpp"
#include "actors/ipfs_uploader.hpp"
#include "actors/net/flower_channel.hpp"
#include "actors/net/join_client.hpp"
#include "actors/trainer.hpp"
#include "actors/trainer_pool.hpp"
#include "actors/watchtower.hpp"
#include "apps/storage_retries.hpp"
#include "apps/task.hpp"

#include <utility>

namespace flwr {
namespace {

/// What the parts of a client process share.
struct surroundings {
  caf::actor_system& sys;
  client_options options;
  http_client_ptr http;
  reporter_actor reporter;
};

client_storage around(caf::actor_system& sys, const blob_store_actor& store) {
  return {.store = store,
          .uploader = spawn_ipfs_uploader(sys, store, storage_retries()),
          .fetcher = spawn_ipfs_fetcher(sys, store, storage_retries())};
}

/// The IPFS node: this client's own choice, else the server's.
expected<http_place> ipfs_place(const surroundings& all, const greeting& words) {
  if (all.options.ipfs)
    return parse_http_place(*all.options.ipfs);
  if (words.ipfs == "embedded" && !words.http.empty())
    return parse_http_place(words.http);
  return make_error(ec::usage, "the server's models are on an IPFS node that each client names "
                               "itself; say --ipfs URL");
}

/// The Ethereum node: as the IPFS node.
expected<http_place> chain_place(const surroundings& all, const greeting& words) {
  if (all.options.chain)
    return parse_http_place(*all.options.chain);
  if (words.chain == "embedded" && !words.http.empty())
    return parse_http_place(words.http + "/eth");
  return make_error(ec::usage, "the run's ledger is on an Ethereum node that each client names "
                               "itself; say --chain URL");
}

/// Whether this is the contract that the operator wants.
expected<void> check_contract(const surroundings& all, const greeting& words) {
  auto& wanted = all.options.contract;
  if (!wanted || *wanted == words.contract)
    return caf::unit;
  return make_error(ec::usage, "the server's run has the contract " + to_text(words.contract)
                                 + ", but --contract says " + to_text(*wanted));
}

expected<client_watch> watch(const surroundings& all, const greeting& words, const description& run,
                             const run_identity& identity, const ipfs_fetcher_actor& manifests) {
  if (words.chain == "none")
    return client_watch{};
  auto place = chain_place(all, words);
  if (!place)
    return place.error();
  auto chain = spawn_rpc_chain(all.sys, {.place = *place}, all.http);
  return client_watch{chain, spawn_watchtower(all.sys,
                                              {.run = identity,
                                               .contract = words.contract,
                                               .genesis = run.model.genesis,
                                               .clients = run.clients},
                                              chain, manifests, all.reporter)};
}

expected<kubo_store_actor> remote_store(const surroundings& all, const greeting& words,
                                        const unixfs_profile& profile) {
  auto place = ipfs_place(all, words);
  if (!place)
    return place.error();
  return spawn_kubo_store(all.sys, {.place = *place, .profile = profile, .token = words.token},
                          all.http);
}

expected<client_storage> remote_storage(const surroundings& all, const greeting& words,
                                        const unixfs_profile& profile) {
  auto store = remote_store(all, words, profile);
  return store ? expected<client_storage>{around(all.sys, *store)} : store.error();
}

/// Each client writes to the server's store by its own token.
expected<std::optional<client_writer>> writer_for(const surroundings& all, const greeting& words,
                                                  const description& run) {
  if (run.exchange == "inline")
    return std::optional<client_writer>{};
  auto store = remote_store(all, words, *unixfs_profile_from(run.ipfs_profile));
  if (!store)
    return store.error();
  return std::optional{
    client_writer{spawn_ipfs_uploader(all.sys, *store, storage_retries()), *store}};
}

/// Where tensors travel with the messages, updates are kept here.
expected<client_storage> local_storage(const surroundings& all, const unixfs_profile& profile) {
  auto blocks = block_files::open(all.options.state_dir / "blocks", profile);
  if (!blocks)
    return blocks.error();
  return around(all.sys, spawn_block_store(all.sys, runs_on::own_thread,
                                           std::make_shared<block_files>(std::move(*blocks))));
}

expected<client_storage> storage_for(const surroundings& all, const greeting& words,
                                     const description& run) {
  auto profile = *unixfs_profile_from(run.ipfs_profile);
  return run.exchange == "inline" ? local_storage(all, profile)
                                  : remote_storage(all, words, profile);
}

expected<trainer_pool_actor> hire(const surroundings& all, const description& run) {
  auto learner = prepare_learner(run, all.options);
  if (!learner)
    return learner.error();
  trainer_pool_config cfg{
    .trainers = {}, .inbound_bytes = inbound_bytes(all.options.inbound_bytes, *run.model.layout)};
  for (uint64_t i = 0; i < all.options.workers; ++i)
    cfg.trainers.push_back(spawn_trainer(all.sys, runs_on::own_thread, *learner, all.reporter));
  return spawn_trainer_pool(all.sys, std::move(cfg));
}

using folders_ptr = std::shared_ptr<const std::vector<client_folder>>;

client_host_actor spawn_host(const std::shared_ptr<surroundings>& all, const folders_ptr& folders) {
  client_host_config cfg;
  cfg.reporter = all->reporter;
  for (auto& folder : *folders)
    cfg.keys.emplace(folder.id, folder.key);
  cfg.reach = [all](const greeting& words) -> expected<client_storage> {
    if (auto right = check_contract(*all, words); !right)
      return right.error();
    return remote_storage(*all, words, unixfs_v1_2025);
  };
  cfg.open_storage = [all](const greeting& words, const description& run) {
    return storage_for(*all, words, run);
  };
  cfg.open_writer = [all](const greeting& words, const description& run) {
    return writer_for(*all, words, run);
  };
  cfg.hire = [all](const description& run) { return hire(*all, run); };
  cfg.watch = [all](const greeting& words, const description& run, const run_identity& identity,
                    const ipfs_fetcher_actor& manifests) {
    return watch(*all, words, run, identity, manifests);
  };
  cfg.remember = [folders](const greeting& words) { return memories_for(words, *folders); };
  return spawn_client_host(all->sys, runs_on::own_thread, std::move(cfg));
}

template <class Handle>
cast_member member(std::string name, const Handle& handle) {
  return {std::move(name), caf::actor_cast<caf::actor>(handle)};
}

/// One dials for each folder.
std::vector<cast_member> spawn_joiners(const surroundings& all,
                                       const std::vector<client_folder>& folders,
                                       const client_host_actor& host) {
  auto channel = std::make_shared<flower_channel>(to_text(all.options.server));
  std::vector<cast_member> joiners;
  for (auto& folder : folders) {
    join_client_config cfg;
    cfg.id = folder.id;
    cfg.server = to_text(all.options.server);
    cfg.server_host = all.options.server.host;
    cfg.host = host;
    cfg.reporter = all.reporter;
    cfg.dial = [channel](join_client_actor who) { return channel->join(std::move(who)); };
    cfg.patience = all.options.join_timeout;
    cfg.jitter = random_jitter();
    joiners.push_back(member("join client " + folder.path.filename().string(),
                             spawn_join_client(all.sys, std::move(cfg))));
  }
  return joiners;
}

} // namespace

supervisor_actor start_clients(caf::actor_system& sys, const client_options& options,
                               std::vector<client_folder> opened, client_outlets out,
                               std::function<void(farewell)> last_words) {
  auto folders = std::make_shared<const std::vector<client_folder>>(std::move(opened));
  auto reporter = spawn_client_reporter(sys, {.clients = folders->size(),
                                              .bar = out.bar,
                                              .say = std::move(out.say),
                                              .progress = std::move(out.progress)});
  auto all = std::make_shared<surroundings>(surroundings{sys, options, make_http_loop(), reporter});
  auto host = spawn_host(all, folders);
  auto cast = spawn_joiners(*all, *folders, host);
  cast.push_back(member("client host", host));
  auto boss =
    spawn_supervisor(sys, {.cast = std::move(cast),
                           .reporter = reporter,
                           .farewell = [folders, last_words = std::move(last_words)](
                                         farewell last) { last_words(std::move(last)); }});
  caf::anon_send(host, atom::start_v, boss);
  return boss;
}

} // namespace flwr
