#include "actors/chain/embedded_chain.hpp"

#include "actors/runtime/sqlite.hpp"
#include "tests/contracts/chain_suite.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

struct embedded_chain_fixture : ledger_fixture, actor_fixture {
  void await_block() { settle(); }

  auto send(const signed_transaction& tx) { return ask<tx_hash>(chain, atom::send_v, tx.raw); }

  /// Puts requests into the chain's mailbox, one behind the other.
  std::vector<std::shared_ptr<outcome<tx_hash>>> post(const std::vector<signed_transaction>& all) {
    std::vector<std::shared_ptr<outcome<tx_hash>>> outcomes;
    for (size_t i = 0; i < all.size(); ++i)
      outcomes.push_back(std::make_shared<outcome<tx_hash>>());
    sys.spawn([=, to = chain](caf::event_based_actor* probe) {
      for (size_t i = 0; i < all.size(); ++i)
        probe->request(to, caf::infinite, atom::send_v, all[i].raw)
          .then([out = outcomes[i]](const tx_hash& hash) { out->value = hash; },
                [out = outcomes[i]](const caf::error& why) { out->error = why; });
    });
    sched.run_once();
    REQUIRE(blocks().head().place.number == 0);
    return outcomes;
  }

  const block_index& blocks() const { return ledger->blocks(); }

  std::function<void()> when_it_seals = [] {};
  chain_actor chain = own(spawn_embedded_chain(sys, runs_on::scheduler, ledger, [this] {
    std::exchange(when_it_seals, [] {})();
    return now;
  }));
};

} // namespace

FLWR_CHAIN_SUITE(embedded_chain_fixture)

TEST_CASE_METHOD(embedded_chain_fixture, "what comes in together shares a block") {
  auto replies = post({plain_call(0, 0), plain_call(0, 1), plain_call(1, 0), plain_call(3, 0)});
  settle();
  for (const auto& each : replies)
    CHECK(each->value);
  CHECK(blocks().head().place.number == 1);
  CHECK(blocks().head().receipts.size() == 4);
}

TEST_CASE_METHOD(embedded_chain_fixture, "a block that is full doesn't wait for company") {
  std::vector<signed_transaction> many;
  for (uint64_t nonce = 0; nonce < 300; ++nonce)
    many.push_back(plain_call(0, nonce));
  auto replies = post(many);
  settle();
  for (const auto& each : replies)
    CHECK(each->value);
  CHECK(blocks().find(1)->receipts.size() == 256);
  CHECK(blocks().head().place.number == 2);
  CHECK(blocks().head().receipts.size() == 44);
}

TEST_CASE_METHOD(embedded_chain_fixture, "what one block has no room for comes with the next") {
  for (uint64_t nonce = 0; nonce < 3; ++nonce) {
    auto tx = new_transaction(nonce, address{1}, {});
    tx.gas_limit = block_gas_limit;
    self->send(chain, atom::send_v, sign(tx, *dev_key(0)).raw);
  }
  settle();
  CHECK(blocks().head().place.number == 3);
}

TEST_CASE_METHOD(embedded_chain_fixture, "a transaction behind a gap is taken at once") {
  auto later = send(plain_call(0, 1));
  CHECK(later->value == plain_call(0, 1).hash);
  CHECK(blocks().head().place.number == 0);
  auto nonce = ask<uint64_t>(chain, atom::nonce_v, dev_key(0)->address());
  CHECK(nonce->value == 0u);
  send(plain_call(0, 0));
  CHECK(blocks().head().receipts.size() == 2);
  nonce = ask<uint64_t>(chain, atom::nonce_v, dev_key(0)->address());
  CHECK(nonce->value == 2u);
}

TEST_CASE_METHOD(embedded_chain_fixture, "everybody who sent the same transaction hears of it") {
  auto replies = post({plain_call(0, 0), plain_call(0, 0)});
  settle();
  CHECK(replies[0]->value);
  CHECK(replies[1]->value);
  CHECK(send(plain_call(0, 0))->value);
  CHECK(blocks().head().place.number == 1);
  CHECK(blocks().head().receipts.size() == 1);
}

TEST_CASE_METHOD(embedded_chain_fixture, "who sent what was replaced hears that") {
  auto dearer = new_transaction(0, address{1}, {});
  dearer.max_fee_per_gas = dearer.max_priority_fee_per_gas = 1;
  auto replies = post({plain_call(0, 0), sign(dearer, *dev_key(0))});
  settle();
  CHECK(replies[0]->error == ec::rejected);
  CHECK(replies[1]->value);
  CHECK(blocks().head().receipts.size() == 1);
}

TEST_CASE_METHOD(embedded_chain_fixture, "a block that can't be written is told, and comes later") {
  auto path = (directory / "ledger.sqlite").string();
  auto damage = sqlite_database::open(path, file_access::read_write);
  REQUIRE(damage->run("ALTER TABLE head RENAME TO lost"));
  auto failed = send(plain_call(0, 0));
  CHECK(failed->error == ec::corrupt);
  CHECK(render(failed->error).find(path) != std::string::npos);
  CHECK(blocks().head().place.number == 0);
  REQUIRE(damage->run("ALTER TABLE lost RENAME TO head"));
  auto next = send(plain_call(0, 1));
  CHECK(next->value);
  CHECK(blocks().head().receipts.size() == 2);
}

TEST_CASE_METHOD(embedded_chain_fixture, "followers that have ended are forgotten") {
  auto heads = std::make_shared<heard_heads>();
  auto listener = spawn(note_heads, heads);
  self->send(chain, atom::follow_v, listener);
  settle();
  end(listener);
  CHECK(send(plain_call(0, 0))->value);
  CHECK(heads->at_least(1).size() == 1);
}

TEST_CASE_METHOD(embedded_chain_fixture, "a chain seals what it has before it leaves") {
  std::vector<signed_transaction> large;
  for (unsigned key = 0; key < 3; ++key) {
    auto tx = new_transaction(0, address{1}, {});
    tx.gas_limit = block_gas_limit;
    large.push_back(sign(tx, *dev_key(key)));
  }
  auto replies = post(large);
  when_it_seals = [this] {
    self->send_exit(caf::actor_cast<caf::actor>(chain), caf::exit_reason::user_shutdown);
  };
  settle();
  for (const auto& each : replies)
    CHECK(each->value);
  CHECK(reopened()->blocks().head().place.number == 3);
}
