#pragma once

#include "actors/http/http_server.hpp"
#include "actors/page/run_board.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace flwr {

/// The LIVE PAGE is a REPORTER that shows the run to browsers and to Prometheus.
using live_page_actor = reporter_actor::extend<
  // GET /metrics.
  on<void, http_exchange_ptr>,
  // Of a WebSocket at /feed. Whoever is heard of for the first time is told all, and then changes.
  on<void, web_socket_event>>;

struct live_page_config {
  run_facts run;
  /// Of the gRPC server; empty without one. May be called on any thread.
  std::function<std::chrono::nanoseconds()> longest_callback;
};

/// Spawns it. Changes are told at most ten times a second, in one text for all that came
/// meanwhile. A listener that hasn't taken the last text yet gets the next one when it has; so each
/// costs one text at most, and there are at most 256 of them.
live_page_actor spawn_live_page(caf::actor_system&, live_page_config);

/// The routes of a server to it and to the page: the functions pass on what comes.
std::vector<http_route> live_page_routes(std::function<void(http_exchange_ptr)> serve,
                                         std::function<void(web_socket_event)> hear);

} // namespace flwr
