#include "actors/chain/transaction_queue.hpp"

#include "tests/chain/ledger_fixture.hpp"

using namespace flwr;
using namespace flwr::test;
using Catch::StartsWith;

namespace {

struct queue_fixture {
  static signed_transaction tx_of(unsigned key, uint64_t nonce, u256 price = 0) {
    auto tx = new_transaction(nonce, address{1}, {});
    tx.gas_limit = 100;
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = price;
    return sign(std::move(tx), *dev_key(key));
  }

  std::string outcome_of(const signed_transaction& tx) {
    auto taken = queue.add(tx, state);
    if (!taken)
      CHECK(taken.error() == ec::rejected);
    return taken ? "taken" : render(taken.error());
  }

  /// "key:nonce" of those that are ready, in order.
  std::vector<std::string> ready() const {
    std::vector<std::string> names;
    for (const auto* each : queue.ready(state)) {
      unsigned key = each->sender == dev_key(0)->address() ? 0 : 1;
      names.push_back(std::to_string(key) + ":" + std::to_string(each->fields.nonce));
    }
    return names;
  }

  static embedded_state funded() {
    embedded_state state;
    state[dev_key(0)->address()].balance = 1000;
    return state;
  }

  embedded_state state = funded();
  transaction_queue queue;
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(queue_fixture, "accounts take turns as their transactions came") {
  for (auto [key, nonce] : {std::pair{0u, 1}, {1u, 0}, {0u, 0}, {1u, 1}, {0u, 2}, {0u, 4}})
    CHECK(outcome_of(tx_of(key, static_cast<uint64_t>(nonce))) == "taken");
  CHECK(ready() == names{"1:0", "0:0", "0:1", "1:1", "0:2"});
  CHECK(queue.next_nonce(dev_key(0)->address(), state) == 3);
  CHECK_FALSE(queue.is_ready(tx_of(0, 4), state));
  CHECK(outcome_of(tx_of(0, 3)) == "taken");
  CHECK(queue.next_nonce(dev_key(0)->address(), state) == 5);
  CHECK(ready().back() == "0:4");
}

TEST_CASE_METHOD(queue_fixture, "what has been executed is forgotten, and can't come again") {
  auto first = tx_of(0, 0), second = tx_of(0, 1);
  CHECK(outcome_of(first) == "taken");
  CHECK(outcome_of(second) == "taken");
  state[dev_key(0)->address()].nonce = 1;
  queue.forget_used(state);
  CHECK(queue.find(first.hash) == nullptr);
  REQUIRE(queue.find(second.hash) != nullptr);
  CHECK(queue.find(second.hash)->raw == second.raw);
  CHECK(ready() == names{"0:1"});
  CHECK_THAT(outcome_of(first), StartsWith("nonce too low: next nonce 1, tx nonce 0"));
}

TEST_CASE_METHOD(queue_fixture, "a replacement bids ten percent more in both fees") {
  auto bid = [](u256 whole, u256 priority) {
    auto tx = new_transaction(0, address{1}, {});
    tx.gas_limit = 1;
    tx.max_fee_per_gas = whole;
    tx.max_priority_fee_per_gas = priority;
    return sign(std::move(tx), *dev_key(0));
  };
  auto first = bid(100, 50), better = bid(110, 55);
  CHECK(outcome_of(first) == "taken");
  for (const auto& low : {bid(109, 55), bid(110, 54), bid(100, 60), bid(200, 50)})
    CHECK_THAT(outcome_of(low), StartsWith("replacement transaction underpriced"));
  CHECK(queue.find(first.hash) != nullptr);
  CHECK(outcome_of(better) == "taken");
  CHECK(queue.find(first.hash) == nullptr);
  CHECK(queue.find(better.hash) != nullptr);
  CHECK(ready() == names{"0:0"});
}

TEST_CASE_METHOD(queue_fixture, "what costs nothing is replaced by what costs something") {
  CHECK(outcome_of(tx_of(0, 0, 0)) == "taken");
  CHECK_THAT(outcome_of(sign(new_transaction(0, address{2}, {}), *dev_key(0))),
             StartsWith("replacement transaction underpriced"));
  CHECK(outcome_of(tx_of(0, 0, 1)) == "taken");
}

TEST_CASE_METHOD(queue_fixture, "an account pays for all that it has queued") {
  CHECK(outcome_of(tx_of(0, 0, 4)) == "taken");
  CHECK(outcome_of(tx_of(0, 5, 5)) == "taken");
  CHECK_THAT(outcome_of(tx_of(0, 1, 2)),
             StartsWith("insufficient funds for gas * price + value: balance 1000"));
  CHECK(outcome_of(tx_of(0, 1, 1)) == "taken");
  CHECK(outcome_of(tx_of(0, 0, 5))
        == "insufficient funds for gas * price + value: balance 1000, "
           "with what is queued the account may need 1100");
}

TEST_CASE_METHOD(queue_fixture, "an account has 64 places behind a gap, and others are free") {
  for (uint64_t nonce = 1; nonce <= max_gapped_per_account; ++nonce)
    REQUIRE(outcome_of(tx_of(0, nonce)) == "taken");
  CHECK_THAT(outcome_of(tx_of(0, 100)), StartsWith("account limit exceeded: 64"));
  CHECK(outcome_of(tx_of(1, 100)) == "taken");
  CHECK(outcome_of(tx_of(0, 0)) == "taken");
  CHECK(ready().size() == max_gapped_per_account + 1);
  CHECK(outcome_of(tx_of(0, 100)) == "taken"); // The gap before was closed.
}

TEST_CASE_METHOD(queue_fixture, "gaps of everybody together have 1,024 places, the rest more") {
  auto of_account = [](uint8_t number, uint64_t nonce) {
    auto tx = tx_of(1, nonce);
    tx.sender = address{0xff, number}; // A signature is the ledger's business.
    tx.hash = filled(number);
    tx.hash[0] = static_cast<uint8_t>(nonce);
    tx.hash[1] = static_cast<uint8_t>(nonce >> 8);
    return tx;
  };
  for (uint8_t number = 0; number < max_gapped / max_gapped_per_account; ++number)
    for (uint64_t nonce = 1; nonce <= max_gapped_per_account; ++nonce)
      REQUIRE(outcome_of(of_account(number, nonce)) == "taken");
  CHECK_THAT(outcome_of(tx_of(0, 1)), StartsWith("txpool is full: 1024"));
  for (uint64_t nonce = 0; nonce < max_queued - max_gapped; ++nonce)
    REQUIRE(outcome_of(of_account(200, nonce)) == "taken");
  CHECK_THAT(outcome_of(tx_of(0, 0)), StartsWith("txpool is full: 4096"));
}
