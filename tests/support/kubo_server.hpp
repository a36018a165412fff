/// Our own IPFS node: the embedded store behind KUBO ROUTES on an ephemeral loopback port.
#pragma once

#include "actors/http/http_client.hpp"
#include "actors/ipfs/kubo_routes.hpp"
#include "actors/ipfs/kubo_store.hpp"
#include "tests/support/threaded_fixture.hpp"

#include <catch2/catch.hpp>

#include <future>

namespace flwr::test {

struct kubo_server : threaded_fixture {
  kubo_server() = default;
  explicit kubo_server(kubo_routes_config limits) : config(std::move(limits)) {}

  ~kubo_server() {
    end(routes);
    end(blocks);
  }

  http_server serve() {
    http_server_config port;
    auto pass_on = [to = routes](http_exchange_ptr with) { caf::anon_send(to, std::move(with)); };
    auto ask = [to = routes](http_admission_ptr with) { caf::anon_send(to, std::move(with)); };
    port.routes = routes_to(pass_on, ask, config.max_blob_bytes);
    auto server = http_server::listen(std::move(port));
    REQUIRE(server);
    return std::move(*server);
  }

  http_place place() const { return {"127.0.0.1", server.port(), ""}; }

  /// Asks, and waits for the answer.
  expected<http_response> answer(http_request what, const http_limits& limits = {}) {
    std::promise<expected<http_response>> arrived;
    client->send(place(), std::move(what), limits,
                 [&](expected<http_response> got) { arrived.set_value(std::move(got)); });
    return arrived.get_future().get();
  }

  kubo_routes_config config{};
  block_store_actor blocks =
    spawn_block_store(sys, runs_on::own_thread,
                      std::make_shared<block_files>(block_files::in_memory(unixfs_v1_2025)));
  kubo_routes_actor routes = spawn_kubo_routes(sys, config, blocks);
  http_server server = serve();
  http_client_ptr client = make_http_loop();
};

} // namespace flwr::test
