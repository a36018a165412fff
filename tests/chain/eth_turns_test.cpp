#include "actors/chain/eth_routes.hpp"
#include "actors/chain/eth_values.hpp"
#include "actors/hash/hex.hpp"
#include "tests/chain/ledger_fixture.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace flwr;
using namespace flwr::test;

namespace {

std::string batch_of(const std::string& call, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += (i == 0 ? "[" : ",") + call;
  return text + "]";
}

std::string call(const std::string& method, const std::string& params = "[]") {
  return R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
}

/// A port at which many sockets speak, in one thread.
struct crowd : ledger_fixture, actor_fixture {
  class noted final : public web_socket {
  public:
    noted(crowd& in, size_t mine) : in_(in), mine_(mine) {}
    void send(std::shared_ptr<const std::string> text) override {
      in_.heard.emplace_back(mine_, *text);
    }
    uint64_t queued_bytes() const override { return 0; }
    void close() override {}

  private:
    crowd& in_;
    size_t mine_;
  };

  /// Has a socket say something, or go; nobody has dealt with it yet.
  void say(size_t who, const std::optional<std::string>& text) {
    auto& socket = sockets[who];
    if (!socket)
      socket = std::make_shared<noted>(*this, who);
    self->send(routes, web_socket_event{socket, text ? std::make_shared<const std::string>(*text)
                                                     : nullptr});
  }

  /// Who was answered, in order.
  std::vector<size_t> answered() const {
    std::vector<size_t> who;
    for (auto& [mine, text] : heard)
      who.push_back(mine);
    return who;
  }

  std::map<size_t, web_socket_ptr> sockets;
  std::vector<std::pair<size_t, std::string>> heard;
  embedded_chain_actor chain =
    own(spawn_embedded_chain(sys, runs_on::scheduler, ledger, [this] { return now; }));
  eth_routes_actor routes = own(spawn_eth_routes(sys, chain));
};

} // namespace

TEST_CASE_METHOD(crowd, "a call doesn't wait for batches, and batches have their turns") {
  for (size_t who = 0; who < 10; ++who)
    say(who, batch_of(call("eth_blockNumber"), who < 4 ? 50 : 2));
  say(10, call("eth_chainId"));
  settle();
  CHECK(answered() == std::vector<size_t>{10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE_METHOD(crowd, "a call that is as long as a batch waits with those") {
  for (size_t who = 0; who < 4; ++who)
    say(who, batch_of(call("eth_blockNumber"), 50));
  say(4, call("eth_blockNumber", "[\"" + std::string(300'000, 'x') + "\"]"));
  say(5, call("eth_blockNumber"));
  settle();
  CHECK(answered() == std::vector<size_t>{5, 0, 1, 2, 3, 4});
}

TEST_CASE_METHOD(crowd, "nothing is done for who has gone before his turn") {
  for (size_t who = 0; who < 4; ++who)
    say(who, batch_of(call("eth_blockNumber"), 50));
  auto params = "[\"" + to_0x(plain_call(0, 0).raw) + "\"]";
  say(4, "  \n[" + call("eth_sendRawTransaction", params) + "]");
  say(4, std::nullopt);
  say(5, batch_of(call("eth_blockNumber"), 2));
  settle();
  CHECK(answered() == std::vector<size_t>{0, 1, 2, 3, 5});
  CHECK(ledger->blocks().head().place.number == 0);
}

TEST_CASE_METHOD(crowd, "many subscriptions hear of a block") {
  for (size_t who = 0; who < 50; ++who) {
    say(who, call("eth_subscribe", R"(["newHeads"])"));
    say(who, call("eth_subscribe", R"(["logs",{}])"));
  }
  settle();
  heard.clear();
  say(50, call("eth_sendRawTransaction", "[\"" + to_0x(plain_call(0, 0).raw) + "\"]"));
  settle();
  auto who = answered();
  CHECK(who.size() == 51);
  std::ranges::sort(who);
  CHECK(std::ranges::adjacent_find(who) == who.end());
}

TEST_CASE_METHOD(crowd, "a subscription hears of each block once, however quickly they come") {
  say(0, call("eth_subscribe", R"(["newHeads"])"));
  settle();
  heard.clear();
  for (uint64_t nonce = 0; nonce < 20; ++nonce) {
    say(1, call("eth_sendRawTransaction", "[\"" + to_0x(plain_call(0, nonce).raw) + "\"]"));
    for (int some = 0; some < 7; ++some)
      sched.try_run_once();
  }
  settle();
  std::vector<std::string> numbers, expected;
  for (auto& [who, text] : heard) {
    auto told = boost::json::parse(text);
    if (who == 0)
      numbers.emplace_back(told.at("params").at("result").at("number").as_string());
  }
  for (uint64_t number = 1; number <= ledger->blocks().head().place.number; ++number)
    expected.push_back(eth::quantity(number));
  CHECK(expected.size() > 1);
  CHECK(numbers == expected);
}

TEST_CASE_METHOD(crowd, "nobody ends what somebody else follows") {
  say(0, call("eth_subscribe", R"(["newHeads"])"));
  settle();
  auto answer = boost::json::parse(heard.back().second);
  auto id = boost::json::serialize(answer.at("result"));
  for (auto* method : {"eth_unsubscribe", "eth_uninstallFilter"}) {
    say(1, call(method, "[" + id + "]"));
    settle();
    CHECK_THAT(heard.back().second, Catch::Contains(R"("result":false)"));
  }
  say(1, call("eth_getFilterChanges", "[" + id + "]"));
  settle();
  CHECK_THAT(heard.back().second, Catch::Contains("filter not found"));
  say(0, call("eth_unsubscribe", "[" + id + "]"));
  settle();
  CHECK_THAT(heard.back().second, Catch::Contains(R"("result":true)"));
}

TEST_CASE_METHOD(crowd, "filters leave room for subscriptions, and nobody can guess them") {
  for (int i = 0; i < 3; ++i)
    say(0, batch_of(call("eth_newBlockFilter"), 500));
  settle();
  std::set<std::string> ids;
  for (auto& [who, text] : heard) {
    auto answers = boost::json::parse(text);
    for (auto& each : answers.as_array())
      if (auto* id = each.as_object().if_contains("result"))
        ids.insert(std::string{id->as_string()});
  }
  CHECK(ids.size() == 1024);
  CHECK(std::ranges::all_of(ids, [](auto& id) { return id.size() == 34; }));
  say(1, call("eth_subscribe", R"(["newHeads"])"));
  settle();
  CHECK_THAT(heard.back().second, Catch::Contains(R"("result":"0x)"));
}

TEST_CASE_METHOD(crowd, "nothing is left of what was answered") {
  say(0, call("eth_blockNumber"));
  settle();
  auto before = sched.clock().schedule().size();
  say(0, batch_of(call("eth_blockNumber"), 1000));
  settle();
  CHECK(heard.size() == 2);
  CHECK(sched.clock().schedule().size() == before);
}
