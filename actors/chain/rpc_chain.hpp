#pragma once

#include "actors/http/http_client.hpp"
#include "messages/ledger_actors.hpp"

#include <chrono>

namespace flwr {

struct rpc_chain_config {
  http_place place;
  std::chrono::milliseconds timeout{20'000};     ///< Of one attempt.
  std::chrono::milliseconds poll_interval{1000}; ///< How often followers' heads are looked for.
};

/// Spawns a CHAIN behind Ethereum's JSON-RPC over HTTP. What the node says is checked for form, and
/// for being an answer to the question; whether it is true is for whoever asks several. It never
/// blocks.
chain_actor spawn_rpc_chain(caf::actor_system&, rpc_chain_config, http_client_ptr);

} // namespace flwr
