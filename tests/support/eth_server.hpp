/// Our own Ethereum node: the embedded ledger behind ETH ROUTES on an ephemeral loopback port.
#pragma once

#include "actors/chain/eth_routes.hpp"
#include "actors/chain/json_rpc.hpp"
#include "actors/http/http_client.hpp"
#include "tests/chain/ledger_fixture.hpp"
#include "tests/support/threaded_fixture.hpp"

#include <future>

namespace flwr::test {

struct eth_server : ledger_fixture, threaded_fixture {
  ~eth_server() {
    end(routes);
    end(ledger_actor);
  }

  http_server serve() {
    http_server_config port;
    port.routes =
      eth_routes_to([to = routes](http_exchange_ptr with) { caf::anon_send(to, std::move(with)); },
                    [to = routes](web_socket_event what) { caf::anon_send(to, std::move(what)); });
    auto server = http_server::listen(std::move(port));
    REQUIRE(server);
    return std::move(*server);
  }

  http_place place() const { return {"127.0.0.1", server.port(), "/eth"}; }

  /// Asks over HTTP, and waits for the answer.
  expected<http_response> post(const std::string& body,
                               const std::string& content_type = "application/json",
                               const std::string& method = "POST") {
    std::promise<expected<http_response>> arrived;
    http_request request{.method = method,
                         .path = "",
                         .query = {},
                         .fields = {{"Content-Type", content_type}},
                         .body = std::make_shared<const bytes>(body.begin(), body.end())};
    client->send(place(), std::move(request), {},
                 [&](expected<http_response> got) { arrived.set_value(std::move(got)); });
    return arrived.get_future().get();
  }

  embedded_chain_actor ledger_actor =
    spawn_embedded_chain(sys, runs_on::own_thread, ledger, [this] { return now; });
  eth_routes_actor routes = spawn_eth_routes(sys, ledger_actor);
  http_server server = serve();
  http_client_ptr client = make_http_loop();
};

} // namespace flwr::test
