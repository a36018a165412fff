#pragma once

#include "actors/chain/embedded_chain.hpp"
#include "actors/ipfs/block_store.hpp"
#include "actors/round_coordinator.hpp"
#include "actors/supervisor.hpp"
#include "apps/prepared_run.hpp"

#include <functional>
#include <optional>
#include <string>

namespace flwr {

/// Where a run's words go.
struct outlets {
  bool bar = false; ///< Whether `progress` can be shown.
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> progress;
  std::function<void(const std::string&)> data; ///< Empty without `--json`.
  reporter_actor listener;                      ///< Hears of the facts, too; null for nobody.
  std::function<void(uint64_t round)> begin;    ///< Called when a round's fit begins.
};

/// The actors of a ledger, in the order in which they end.
struct ledger_cast {
  tx_sender_actor sender;
  chain_watcher_actor watcher;
  embedded_chain_actor chain;
};

/// The cast of a server's run, but for its clients.
struct server_cast {
  round_coordinator_actor coordinator;
  round_coordinator_cast rounds;
  std::optional<ledger_cast> ledger; ///< Nothing with `--chain none`.
  block_store_actor store;
};

/// Spawns it. The run's journal goes with it.
server_cast spawn_server_cast(caf::actor_system&, const server_options&, prepared_run&, outlets);

/// Lets simulated clients join, one a key.
void let_clients_join(caf::actor_system&, const prepared_run&, const round_coordinator_cast&);

/// Starts round 1 as soon as the clients are there. `doors`: members that serve clients, and so end
/// as soon as these have heard goodbye. `farewell` is called when all have gone; the state
/// directory stays locked until then.
supervisor_actor start_run(caf::actor_system&, const server_cast&, std::vector<cast_member> doors,
                           run_directory state, std::function<void(farewell)> farewell);

} // namespace flwr
