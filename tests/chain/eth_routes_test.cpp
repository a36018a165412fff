#include "actors/chain/eth_values.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/chain/run_views.hpp"
#include "tests/support/eth_server.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace flwr;
using namespace flwr::test;
using Catch::Contains;
namespace json = boost::json;

namespace {

struct eth_fixture : eth_server {
  json::value rpc(const std::string& body) {
    auto got = post(body);
    REQUIRE(got);
    REQUIRE(got->status == 200);
    return json::parse(std::string{got->body->begin(), got->body->end()});
  }

  json::value call(const std::string& method, const std::string& params) {
    return rpc(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}");
  }

  json::value result(const std::string& method, const std::string& params = "[]") {
    auto got = call(method, params);
    INFO(json::serialize(got));
    REQUIRE(got.as_object().contains("result"));
    return got.at("result");
  }

  int64_t code(const std::string& method, const std::string& params) {
    auto got = call(method, params);
    INFO(json::serialize(got));
    REQUIRE(got.as_object().contains("error"));
    return got.at("error").at("code").as_int64();
  }

  std::string send(const signed_transaction& tx) {
    return std::string{result("eth_sendRawTransaction", "[\"" + to_0x(tx.raw) + "\"]").as_string()};
  }

  static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
  static std::string contract() { return to_0x(contract_address()); }
};

/// A WebSocket whose far end notes what it hears.
class noted_socket final : public web_socket {
public:
  void send(std::shared_ptr<const std::string> text) override {
    std::lock_guard lock{mutex_};
    texts_.push_back(*text);
    more_.notify_all();
  }
  uint64_t queued_bytes() const override { return 0; }
  void close() override {}

  /// What was said, as soon as there is so much.
  std::vector<json::value> at_least(size_t count) {
    std::unique_lock lock{mutex_};
    more_.wait_for(lock, std::chrono::seconds{10}, [&] { return texts_.size() >= count; });
    std::vector<json::value> all;
    for (auto& text : texts_)
      all.push_back(json::parse(text));
    return all;
  }

private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<std::string> texts_;
};

struct socket_fixture : eth_fixture {
  /// Says something, and waits until so much was answered in all.
  std::vector<json::value> say(const std::string& method, const std::string& params, size_t count) {
    hear(std::make_shared<const std::string>(R"({"jsonrpc":"2.0","id":1,"method":")" + method
                                             + R"(","params":)" + params + "}"));
    return socket->at_least(count);
  }

  void hear(std::shared_ptr<const std::string> text) {
    self->send(routes, web_socket_event{socket, std::move(text)});
  }

  std::shared_ptr<noted_socket> socket = std::make_shared<noted_socket>();
};

} // namespace

TEST_CASE_METHOD(socket_fixture,
                 "a WebSocket is told of new heads and logs until it wants no more") {
  CHECK(say("eth_chainId", "[]", 1).back().at("result") == "0x666c7772");
  auto heads = say("eth_subscribe", R"(["newHeads"])", 2).back().at("result");
  auto logs =
    say("eth_subscribe", R"(["logs",{"address":")" + contract() + R"("}])", 3).back().at("result");
  CHECK(say("eth_subscribe", R"(["pendingStuff"])", 4).back().at("error").at("code") == -32602);
  send(deployment());
  auto told = socket->at_least(7); // A head and two logs.
  REQUIRE(told.size() == 7);
  size_t of_heads = 0, of_logs = 0;
  for (size_t i = 4; i < told.size(); ++i) {
    CHECK(told[i].at("method") == "eth_subscription");
    auto& what = told[i].at("params");
    of_heads += what.at("subscription") == heads && what.at("result").at("number") == "0x1";
    of_logs += what.at("subscription") == logs && what.at("result").at("blockNumber") == "0x1";
  }
  CHECK(of_heads == 1);
  CHECK(of_logs == 2);
  CHECK(say("eth_unsubscribe", "[" + json::serialize(logs) + "]", 8).back().at("result") == true);
  send(commit_of(1));
  CHECK(socket->at_least(9).back().at("params").at("subscription") == heads);
  hear(nullptr); // It has gone.
  send(commit_of(2));
  CHECK(say("eth_unsubscribe", "[" + json::serialize(heads) + "]", 10).back().at("result")
        == false);
}

TEST_CASE_METHOD(socket_fixture,
                 "a WebSocket has so many subscriptions, and leaves others theirs") {
  for (size_t i = 1; i <= 64; ++i)
    CHECK(say("eth_subscribe", R"(["newHeads"])", i).back().as_object().contains("result"));
  CHECK(say("eth_subscribe", R"(["newHeads"])", 65).back().at("error").at("code") == -32005);
  CHECK(result("eth_newBlockFilter").is_string());
}

TEST_CASE_METHOD(eth_fixture, "the port tells what chain it is") {
  CHECK(result("eth_chainId") == "0x666c7772");
  CHECK(result("net_version") == "1718384498");
  CHECK(result("eth_syncing") == false);
  CHECK(result("eth_accounts") == json::array{});
  CHECK(result("eth_gasPrice") == "0x0");
  CHECK(result("eth_maxPriorityFeePerGas") == "0x0");
  CHECK_THAT(std::string{result("web3_clientVersion").as_string()}, Contains("flwr-actor/"));
  CHECK(result("eth_blockNumber") == "0x0");
}

TEST_CASE_METHOD(eth_fixture, "a deployment and a commit are mined, and all is told of them") {
  CHECK(send(deployment()) == to_0x(deployment().hash));
  CHECK(send(commit_of(1)) == to_0x(commit_of(1).hash));
  CHECK(result("eth_blockNumber") == "0x2");
  auto receipt = result("eth_getTransactionReceipt", "[\"" + to_0x(commit_of(1).hash) + "\"]");
  CHECK(receipt.at("status") == "0x1");
  CHECK(receipt.at("to") == json::value(contract()));
  CHECK(receipt.at("contractAddress").is_null());
  CHECK(receipt.at("logs").as_array().size() == 1);
  CHECK(receipt.at("logs").at(0).at("transactionIndex") == "0x0");
  auto tx = result("eth_getTransactionByHash", "[\"" + to_0x(deployment().hash) + "\"]");
  CHECK(tx.at("to").is_null());
  CHECK(tx.at("nonce") == "0x0");
  CHECK(tx.at("blockNumber") == "0x1");
  auto block = result("eth_getBlockByNumber", R"(["latest",true])");
  CHECK(block.at("number") == "0x2");
  CHECK(block.at("transactions").at(0).at("hash") == json::value(to_0x(commit_of(1).hash)));
  CHECK(block.at("baseFeePerGas") == "0x0");
  auto same =
    result("eth_getBlockByHash", "[\"" + std::string{block.at("hash").as_string()} + "\",false]");
  CHECK(same.at("transactions").at(0) == json::value(to_0x(commit_of(1).hash)));
  CHECK(result("eth_getBlockByNumber", R"(["0x9",false])").is_null());
  CHECK(result("eth_getTransactionReceipt", "[\"" + to_0x(commit_of(9).hash) + "\"]").is_null());
}

TEST_CASE_METHOD(eth_fixture, "accounts are told as of any block") {
  send(deployment());
  auto owner = to_0x(dev_key(0)->address());
  CHECK(result("eth_getTransactionCount", "[\"" + owner + "\",\"latest\"]") == "0x1");
  CHECK(result("eth_getTransactionCount", "[\"" + owner + "\",\"0x0\"]") == "0x0");
  CHECK(result("eth_getTransactionCount", "[\"" + owner + "\",\"pending\"]") == "0x1");
  CHECK(result("eth_getBalance", "[\"" + owner + "\",\"earliest\"]")
        == json::value(eth::quantity(1'000'000 * ether)));
  CHECK(result("eth_getCode", "[\"" + contract() + "\",\"latest\"]").as_string().size() > 1000);
  CHECK(result("eth_getCode", "[\"" + contract() + "\",\"0x0\"]") == "0x");
}

TEST_CASE_METHOD(eth_fixture, "calls are answered, reverts with their reason, gas is estimated") {
  send(deployment());
  auto view = to_0x(calldata_of(run_view_committed));
  CHECK(result("eth_call", R"([{"to":")" + contract() + R"(","data":")" + view + R"("},"latest"])")
        == json::value(to_0x(hash256{})));
  auto commit = [&](uint64_t round) {
    return R"([{"from":")" + to_0x(dev_key(0)->address()) + R"(","to":")" + contract()
           + R"(","input":")" + to_0x(commit_round_calldata(commitment_of(round))) + R"("}])";
  };
  auto refused = call("eth_call", commit(2));
  CHECK(refused.at("error").at("code") == 3);
  CHECK_THAT(std::string{refused.at("error").at("message").as_string()},
             Contains("WrongRound(expected 1, given 2)"));
  CHECK(refused.at("error").at("data").as_string().starts_with("0x"));
  CHECK(code("eth_estimateGas", commit(2)) == 3);
  auto estimate = *eth::number_in(result("eth_estimateGas", commit(1)).as_string());
  send(commit_of(1));
  auto receipt = result("eth_getTransactionReceipt", "[\"" + to_0x(commit_of(1).hash) + "\"]");
  CHECK(estimate == *eth::number_in(receipt.at("gasUsed").as_string()));
  auto creation = R"([{"from":")" + to_0x(dev_key(0)->address()) + R"(","data":")"
                  + to_0x(deployment_data(usual_terms())) + R"("}])";
  CHECK(*eth::number_in(result("eth_estimateGas", creation).as_string()) > 1'000'000);
}

TEST_CASE_METHOD(eth_fixture,
                 "a call sends no more than its sender has, and nothing to the contract") {
  send(deployment());
  auto sending = [](const std::string& to, const std::string& value) {
    return R"([{"from":")" + to_0x(dev_key(0)->address()) + R"(","to":")" + to + R"(","value":")"
           + value + R"("}])";
  };
  auto somebody = to_0x(dev_key(1)->address());
  CHECK(result("eth_call", sending(somebody, "0x1")) == json::value("0x"));
  CHECK(result("eth_estimateGas", sending(somebody, "0x1")) == json::value("0x5208"));
  auto too_much = "0x1" + std::string(32, '0');
  for (auto method : {"eth_call", "eth_estimateGas"}) {
    auto refused = call(method, sending(somebody, too_much));
    CHECK_THAT(std::string{refused.at("error").at("message").as_string()},
               Contains("insufficient funds"));
    CHECK(code(method, sending(contract(), "0x1")) == 3); // None of its functions is payable.
    CHECK(code(method, sending(somebody, "1")) == -32602);
  }
}

TEST_CASE_METHOD(eth_fixture, "notifications are carried out, and not answered") {
  auto silent = R"({"jsonrpc":"2.0","method":"eth_chainId"})";
  auto got = post(silent);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->body->empty());
  auto call = std::string{R"({"jsonrpc":"2.0","id":7,"method":"eth_chainId"})"};
  auto batch = rpc("[" + call + "," + silent + "]");
  REQUIRE(batch.as_array().size() == 1);
  CHECK(batch.at(0).at("id") == 7);
  auto raw = R"({"jsonrpc":"2.0","method":"eth_sendRawTransaction","params":[")"
             + to_0x(deployment().raw) + R"("]})";
  CHECK(post(raw)->body->empty());
  CHECK(result("eth_blockNumber") == json::value("0x1"));
}

TEST_CASE_METHOD(eth_fixture, "logs are found by address, topics and blocks") {
  send(deployment());
  for (uint64_t round = 1; round <= 3; ++round)
    send(commit_of(round));
  auto logs = [&](const std::string& filter) {
    return result("eth_getLogs", "[" + filter + "]").as_array().size();
  };
  auto here = R"({"fromBlock":"earliest","address":")" + contract() + R"(")";
  auto topic = to_0x(round_committed_topic());
  CHECK(logs(here + "}") == 5);
  CHECK(logs(here + R"(,"topics":[")" + topic + R"("]})") == 3);
  CHECK(logs(here + R"(,"topics":[["0x)" + std::string(64, '0') + R"(",")" + topic + R"("]]})")
        == 3);
  CHECK(logs(here + R"(,"topics":[null,"0x)" + std::string(63, '0') + R"(2"]})") == 1);
  CHECK(logs(here + R"(,"toBlock":"0x2","topics":[")" + topic + R"("]})") == 1);
  CHECK(logs(R"({"fromBlock":"earliest","address":[]})") == 5);
  CHECK(code("eth_getLogs", R"([{"topics":["0x12"]}])") == -32602);
  CHECK(code("eth_getLogs", R"([{"blockHash":"0x)" + std::string(64, '1') + R"("}])") == -32602);
}

TEST_CASE_METHOD(eth_fixture, "filters tell what is new since they were asked") {
  auto blocks = result("eth_newBlockFilter");
  auto logs = result("eth_newFilter", "[{}]");
  auto changes = [&](const json::value& id) {
    return result("eth_getFilterChanges", "[" + json::serialize(id) + "]").as_array().size();
  };
  CHECK(changes(blocks) == 0);
  send(deployment());
  CHECK(changes(blocks) == 1);
  CHECK(changes(blocks) == 0);
  CHECK(changes(logs) == 2);
  CHECK(result("eth_uninstallFilter", "[" + json::serialize(logs) + "]") == true);
  CHECK(result("eth_uninstallFilter", "[" + json::serialize(logs) + "]") == false);
  CHECK(code("eth_getFilterChanges", "[" + json::serialize(logs) + "]") == -32000);
}

TEST_CASE_METHOD(eth_fixture, "batches are answered in their order, and not without end") {
  auto answers = rpc(R"([{"jsonrpc":"2.0","id":"a","method":"eth_chainId"},)"
                     R"({"jsonrpc":"2.0","id":2,"method":"eth_nothing","params":[]}, 7])");
  REQUIRE(answers.as_array().size() == 3);
  CHECK(answers.at(0).at("id") == "a");
  CHECK(answers.at(1).at("error").at("code") == -32601);
  CHECK(answers.at(2).at("error").at("code") == -32600);
  std::string many = "[";
  for (int i = 0; i < 10'000; ++i)
    many += R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"},)";
  many.back() = ']';
  CHECK(rpc(many).at("error").at("code") == -32600);
  CHECK(rpc("[]").at("error").at("code") == -32600);
}

TEST_CASE_METHOD(eth_fixture, "what is no call is refused with JSON-RPC's numbers") {
  CHECK(rpc("").at("error").at("code") == -32700);
  CHECK(rpc("{").at("error").at("code") == -32700);
  CHECK(rpc(std::string(100'000, '[')).at("error").at("code") == -32700);
  CHECK(rpc("\xff\xfe").at("error").at("code") == -32700);
  CHECK(
    rpc("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"eth_chainId\"}").at("error").at("code")
    == -32700);
  CHECK(rpc("7").at("error").at("code") == -32600);
  CHECK(rpc(R"({"id":1,"method":"eth_chainId"})").at("error").at("code") == -32600);
  for (auto id : {"{}", "1e400", "1.5", "123456789012345678901234567890"})
    CHECK(rpc(std::string{R"({"jsonrpc":"2.0","method":"eth_chainId","id":)"} + id + "}")
            .at("error")
            .at("code")
          == -32600);
  CHECK(rpc(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}})").at("error").at("code")
        == -32602);
  CHECK(code("eth_sendTransaction", "[{}]") == -32601);
  CHECK(code("eth_sign", "[]") == -32601);
  CHECK(code("eth_subscribe", R"(["newHeads"])") == -32601);
  CHECK(code("eth_sendRawTransaction", "[]") == -32602);
  CHECK(code("eth_sendRawTransaction", R"(["0xc0"])") == -32000);
}

TEST_CASE_METHOD(eth_fixture, "parameters that can't be are refused") {
  CHECK(code("eth_getBalance", "[]") == -32602);
  CHECK(code("eth_getBalance", R"(["0x12"])") == -32602);
  CHECK(code("eth_getBalance", "[7]") == -32602);
  CHECK(code("eth_getBlockByNumber", "[]") == -32602);
  CHECK(code("eth_getBlockByNumber", R"(["0x01",false])") == -32602);
  CHECK(code("eth_getBlockByNumber", R"(["new",false])") == -32602);
  CHECK(code("eth_getBlockByNumber", R"(["latest","yes"])") == -32602);
  CHECK(code("eth_getBlockByHash", R"(["0x12",false])") == -32602);
  CHECK(code("eth_getTransactionReceipt", R"(["nonsense"])") == -32602);
  CHECK(code("eth_call", "[]") == -32602);
  CHECK(code("eth_call", R"([{"to":"0x12"}])") == -32602);
  CHECK(code("eth_call", R"([{"data":"0x1"}])") == -32602);
  CHECK(code("eth_getCode", R"([")" + contract() + R"(","0x99"])") == -32001);
  for (auto percentiles : {"[101]", "[-1]", "[50,25]", R"(["a"])", "7"})
    CHECK(code("eth_feeHistory", std::string{R"(["0x1","latest",)"} + percentiles + "]") == -32602);
  CHECK(result("eth_feeHistory", R"(["0x1","latest",[0,50,99.5,100]])")
          .at("reward")
          .at(0)
          .as_array()
          .size()
        == 4);
}

TEST_CASE_METHOD(eth_fixture, "the port takes POSTs of JSON only") {
  CHECK(post("{}", "application/json", "GET")->status == 405);
  CHECK(post("{}", "text/plain")->status == 415);
}
