#pragma once

#include "actors/chain/embedded_chain.hpp"
#include "actors/http/http_server.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flwr {

/// The ETH ROUTES answer Ethereum's JSON-RPC over HTTP and WebSocket for an embedded CHAIN.
using eth_routes_actor = caf::typed_actor<on<void, http_exchange_ptr>, on<void, web_socket_event>,
                                          // From the CHAIN.
                                          on<void, atom::head, block_ref>>;

/// Spawns them. Filters end five minutes after they were last asked, subscriptions with their
/// WebSocket; there are at most 1,024 of the former and 4,096 of the latter, 64 of a WebSocket.
eth_routes_actor spawn_eth_routes(caf::actor_system&, embedded_chain_actor chain);

/// The routes of a server to them: the functions pass on what comes.
std::vector<http_route> eth_routes_to(std::function<void(http_exchange_ptr)> serve,
                                      std::function<void(web_socket_event)> hear);

} // namespace flwr
