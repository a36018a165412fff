#include "actors/chain_watcher.hpp"

#include "tests/support/ledger_doubles.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

struct chain_watcher_fixture : test::actor_fixture {
  chain_watcher_fixture() { settle(); }

  auto confirm(const tx_hash& hash) { return ask<receipt>(watcher, atom::confirm_v, hash); }

  void mine(const tx_hash& hash, uint64_t number) {
    script->receipts[hash] = receipt{};
    script->receipts[hash].transaction = hash;
    script->receipts[hash].block = {number, {static_cast<uint8_t>(number)}};
  }

  void head(uint64_t number) {
    REQUIRE(script->listeners.size() == 1);
    self->send(script->listeners[0], atom::head_v, block_ref{number, {}});
    settle();
  }

  test::chain_script_ptr script = std::make_shared<test::chain_script>();
  chain_actor chain = spawn(test::scripted_chain, script);
  chain_watcher_actor watcher =
    own(spawn_chain_watcher(sys, {.confirmations = 3, .patience = 10min}, chain));
};

constexpr tx_hash one{1}, two{2};

} // namespace

TEST_CASE_METHOD(chain_watcher_fixture, "watcher answers when the block is deep enough") {
  auto reply = confirm(one);
  head(5);
  CHECK(reply->pending());
  mine(one, 6);
  head(6);
  head(7);
  CHECK(reply->pending());
  head(8);
  REQUIRE(reply->value);
  CHECK(reply->value->block.number == 6);
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher answers at once for what is deep already") {
  mine(one, 2);
  head(9);
  CHECK(confirm(one)->value);
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher counts again when a block is taken away") {
  auto reply = confirm(one);
  mine(one, 6);
  head(7);
  script->receipts.clear(); // A reorganisation.
  head(8);
  CHECK(reply->pending());
  mine(one, 8);
  head(9);
  CHECK(reply->pending());
  head(10);
  CHECK(reply->value->block.number == 8);
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher waits for several transactions at once") {
  auto first = confirm(one), second = confirm(two);
  mine(two, 1);
  head(3);
  CHECK(first->pending());
  CHECK(second->value);
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher asks again after a hiccup, not after an error") {
  auto reply = confirm(one);
  script->refuse_receipt = make_error(ec::timeout, "slow");
  head(1);
  CHECK(reply->pending());
  script->refuse_receipt = make_error(ec::corrupt, "no receipt at all");
  advance(1s);
  CHECK(reply->pending());
  advance(1s); // No head has come, but it asks again.
  CHECK(render(reply->error) == "no receipt at all");
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher says when it has waited for long enough") {
  auto reply = confirm(one);
  advance(10min - 1ms);
  CHECK(reply->pending());
  advance(1ms);
  CHECK(reply->error == ec::timeout);
  CHECK(render(reply->error).find("isn't confirmed after 600 s") != std::string::npos);
}

TEST_CASE_METHOD(chain_watcher_fixture, "watcher answers on exit") {
  auto reply = confirm(one);
  end(watcher);
  CHECK_FALSE(reply->pending());
}
