#include "actors/chain/rpc_chain.hpp"

#include "tests/contracts/chain_suite.hpp"
#include "tests/support/eth_server.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

/// Our CHAIN, our routes, and a real port between them: in an actor_fixture's words.
struct chain_behind_http : eth_server {
  chain_behind_http() = default;
  ~chain_behind_http() { end(chain); }

  void settle() {}
  void await_block() {}

  template <class Fun, class... Args>
  auto spawn(Fun fun, Args... args) {
    return sys.spawn(fun, std::move(args)...);
  }

  template <class T, class Handle, class... Args>
  auto ask(const Handle& whom, Args... args) {
    return std::make_shared<outcome<T>>(threaded_fixture::ask<T>(whom, args...));
  }

  chain_actor chain =
    spawn_rpc_chain(sys, {.place = place(), .poll_interval = std::chrono::milliseconds{5}}, client);
};

/// A node that answers what it is told to.
struct lying_node : threaded_fixture {
  ~lying_node() { end(chain); }

  http_server serve() {
    http_server_config port;
    port.routes.push_back({.path = "/",
                           .methods = {"POST"},
                           .content_type = {},
                           .max_body_bytes = 1 << 20,
                           .serve = [this](http_exchange_ptr with) { answer(with); },
                           .upgrade = {}});
    auto made = http_server::listen(std::move(port));
    REQUIRE(made);
    return std::move(*made);
  }

  /// The lie, as the answer to whatever was asked.
  void answer(const http_exchange_ptr& with) const {
    auto& body = *with->request().body;
    auto asked = json_rpc::read({reinterpret_cast<const char*>(body.data()), body.size()});
    auto id = boost::json::serialize(asked.calls.front().id);
    with->respond(text_response(status, R"({"jsonrpc":"2.0","id":)" + id + "," + lie + "}",
                                "application/json"));
  }

  template <class T, class... Args>
  caf::error told(const std::string& what, Args... args) {
    lie = what;
    return ask<T>(chain, args...).error;
  }

  unsigned status = 200;
  std::string lie;
  http_server server = serve();
  http_client_ptr client = make_http_loop();
  chain_actor chain = spawn_rpc_chain(sys, {.place = {"127.0.0.1", server.port(), ""}}, client);
};

std::string result(const std::string& value) { return R"("result":)" + value; }

} // namespace

FLWR_CHAIN_SUITE(chain_behind_http)

TEST_CASE_METHOD(lying_node, "a node's answers out of form are corrupt") {
  for (auto value : {"null", "7", "\"0x\"", "\"0x07\"", "\"7\"", "\"0x10000000000000000\"", "{}"}) {
    CAPTURE(value);
    CHECK(told<uint64_t>(result(value), atom::chain_id_v) == ec::corrupt);
    CHECK(told<uint64_t>(result(value), atom::nonce_v, address{}) == ec::corrupt);
  }
  for (auto value : {"7", "[]", "{}", R"({"number":"0x1"})"})
    CHECK(told<block_facts>(result(value), atom::head_v) == ec::corrupt);
  CHECK(told<block_facts>(result("null"), atom::block_v, uint64_t{9}) == ec::missing);
  for (auto value : {"7", "{}", "[1]", "[{}]"})
    CHECK(told<std::vector<placed_log>>(result(value), atom::logs_v, log_query{}) == ec::corrupt);
  for (auto value : {"7", "[]", "{}"}) {
    CHECK(told<std::optional<receipt>>(result(value), atom::receipt_v, tx_hash{}) == ec::corrupt);
    CHECK(told<std::optional<placed_transaction>>(result(value), atom::transaction_v, tx_hash{})
          == ec::corrupt);
  }
  CHECK(told<bytes>(result("\"0x123\""), atom::call_v, call_request{}) == ec::corrupt);
  CHECK(told<tx_hash>(result("\"0x12\""), atom::send_v, bytes{1}) == ec::corrupt);
}

TEST_CASE_METHOD(lying_node, "a node's refusal comes with its words, and a wrong status is told") {
  auto why =
    told<tx_hash>(R"("error":{"code":-32000,"message":"already known"})", atom::send_v, bytes{1});
  CHECK(why == ec::rejected);
  CHECK(render(why) == "already known");
  CHECK(told<tx_hash>(R"("error":{"code":"x"})", atom::send_v, bytes{1}) == ec::corrupt);
  CHECK(told<bytes>(R"("error":{"code":-32000,"message":"header not found"})", atom::call_v,
                    call_request{})
        == ec::missing);
  status = 503;
  CHECK(told<uint64_t>("\"x\":1", atom::chain_id_v) == ec::unreachable);
}

TEST_CASE_METHOD(chain_behind_http, "another transaction's fields aren't taken for the one") {
  auto made = *ask<tx_hash>(chain, atom::send_v, deployment().raw)->value;
  auto found = ask<std::optional<placed_transaction>>(chain, atom::transaction_v, made);
  REQUIRE(found->value);
  CHECK((*found->value)->raw == deployment().raw);
}
