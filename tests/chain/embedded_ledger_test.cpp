#include "actors/chain/embedded_ledger.hpp"

#include "actors/chain/run_events.hpp"
#include "actors/chain/run_views.hpp"
#include "actors/hash/keccak256.hpp"
#include "tests/chain/ledger_fixture.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

struct run_fixture : ledger_fixture {
  /// With the contract deployed and this many rounds committed, a block each.
  void commit_until(uint64_t round) {
    REQUIRE(executed(deployment()).succeeded);
    for (uint64_t each = 1; each <= round; ++each)
      REQUIRE(executed(commit_of(each)).succeeded);
  }

  uint64_t committed_at(uint64_t block) const {
    auto answer = ledger->call({{}, contract_address(), calldata_of(run_view_committed), block});
    REQUIRE(answer);
    return *answer_in(run_view_committed, *answer);
  }
};

} // namespace

TEST_CASE_METHOD(ledger_fixture, "a fresh ledger has its genesis block only") {
  const auto& head = ledger->blocks().head();
  CHECK(head.header.number == 0);
  CHECK(head.header.timestamp == genesis_time);
  CHECK(head.header.gas_limit == block_gas_limit);
  CHECK(head.header.base_fee_per_gas == u256{0});
  CHECK(head.place.hash == block_hash(head.header));
  CHECK(ledger->blocks().find(1) == nullptr);
  CHECK(ledger->nonce(dev_key(0)->address()) == 0);
}

TEST_CASE_METHOD(ledger_fixture, "without transactions there is no block") {
  auto block = ledger->seal(now);
  REQUIRE(block);
  CHECK_FALSE(*block);
  CHECK(ledger->blocks().head().place.number == 0);
}

TEST_CASE_METHOD(ledger_fixture, "a block has what came since the last, by nonce and as it came") {
  auto count = GENERATE(1u, 2u, 50u);
  std::vector<tx_hash> sent;
  for (unsigned i = 0; i < count; ++i)
    for (auto key : {1u, 3u}) { // Key 3 has no ether, and needs none.
      auto tx = plain_call(key, i);
      take(tx);
      sent.push_back(tx.hash);
      CHECK(ledger->standing(tx.hash) == tx_standing::ready);
    }
  CHECK(ledger->nonce(dev_key(3)->address()) == count);
  const auto& block = sealed();
  REQUIRE(block.receipts.size() == sent.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    const auto& made = block.receipts[i];
    CHECK(made.transaction == sent[i]);
    CHECK(made.index == i);
    CHECK(made.cumulative_gas_used == 21'000 * (i + 1));
    CHECK(made.block == block.place);
    CHECK(ledger->standing(sent[i]) == tx_standing::sealed);
    auto found = ledger->blocks().find_transaction(sent[i]);
    REQUIRE(found);
    CHECK(keccak256(found->raw) == sent[i]);
    CHECK(found->block == block.place);
  }
  CHECK(block.header.gas_used == 21'000 * sent.size());
}

TEST_CASE_METHOD(ledger_fixture, "a block's time is the clock's, but later than its parent's") {
  now = chain_seconds{genesis_time + 100};
  executed(plain_call(0, 0));
  CHECK(ledger->blocks().head().header.timestamp == genesis_time + 100);
  now = chain_seconds{genesis_time};
  executed(plain_call(0, 1));
  CHECK(ledger->blocks().head().header.timestamp == genesis_time + 101);
}

TEST_CASE_METHOD(ledger_fixture, "blocks are a chain of hashes") {
  for (uint64_t i = 0; i < 5; ++i)
    executed(plain_call(0, i));
  for (uint64_t number = 1; number <= 5; ++number) {
    const auto& block = *ledger->blocks().find(number);
    CHECK(block.header.parent_hash == ledger->blocks().find(number - 1)->place.hash);
    CHECK(block.place == block_ref{number, block_hash(block.header)});
  }
}

TEST_CASE_METHOD(ledger_fixture, "what doesn't fit into a block comes with the next, in order") {
  for (uint64_t nonce = 0; nonce < 3; ++nonce) {
    auto tx = new_transaction(nonce, address{1}, {});
    tx.gas_limit = nonce == 1 ? block_gas_limit : 21'000;
    take(sign(tx, *dev_key(0)));
  }
  take(plain_call(1, 0));
  CHECK(sealed().receipts.size() == 2); // Nonce 0, and the other account's.
  CHECK(ledger->ready_count() == 2);
  CHECK(sealed().receipts.size() == 2); // What the first doesn't use is the second's.
  CHECK(ledger->ready_count() == 0);
}

TEST_CASE_METHOD(ledger_fixture, "the priority fee is paid, and ether moves") {
  auto tx = new_transaction(0, dev_key(5)->address(), {});
  tx.max_fee_per_gas = 100;
  tx.max_priority_fee_per_gas = 7;
  tx.value = 7 * 21'000;
  CHECK(executed(sign(tx, *dev_key(1))).effective_gas_price == 7);
  auto spend_it = new_transaction(0, address{1}, {});
  spend_it.gas_limit = 21'000;
  spend_it.max_fee_per_gas = spend_it.max_priority_fee_per_gas = 8;
  CHECK_THAT(refusal_of(spend_it, 5), Catch::StartsWith("insufficient funds"));
  spend_it.max_fee_per_gas = spend_it.max_priority_fee_per_gas = 7;
  CHECK(executed(sign(spend_it, *dev_key(5))).succeeded);
}

TEST_CASE_METHOD(run_fixture, "a run is deployed, committed and read back") {
  commit_until(3);
  CHECK(committed_at(4) == 3);
  auto logs = ledger->blocks().logs({contract_address(), round_committed_topic(), 0, UINT64_MAX});
  REQUIRE(logs.size() == 3);
  for (uint64_t round = 1; round <= 3; ++round) {
    const auto& found = logs[round - 1];
    auto event = run_event_in(found.what);
    REQUIRE(event);
    CHECK(std::get<round_committed>(*event).what == commitment_of(round));
    CHECK(std::get<round_committed>(*event).previous_block == round);
    CHECK(found.block == ledger->blocks().find(round + 1)->place);
    CHECK(found.transaction == commit_of(round).hash);
    CHECK(found.index == 0);
  }
}

TEST_CASE_METHOD(run_fixture, "logs are found by block and topic, and numbered by block") {
  take(deployment());
  take(commit_of(1));
  sealed();
  auto all = ledger->blocks().logs({contract_address(), {}, 1, 1});
  REQUIRE(all.size() == 3);
  for (size_t i = 0; i < 3; ++i)
    CHECK(all[i].index == i);
  CHECK(ledger->blocks().logs({contract_address(), round_committed_topic(), 1, 1}).size() == 1);
  CHECK(ledger->blocks().logs({contract_address(), {}, 2, 9}).empty());
  CHECK(ledger->blocks().logs({contract_address(), {}, 0, 0}).empty());
  CHECK(ledger->blocks().logs({dev_key(0)->address(), {}, 0, 9}).empty());
}

TEST_CASE_METHOD(run_fixture, "views answer as of any block, and not of one to come") {
  commit_until(5);
  for (uint64_t block = 1; block <= 6; ++block)
    CHECK(committed_at(block) == block - 1);
  auto view = calldata_of(run_view_committed);
  auto before_the_contract = ledger->call({{}, contract_address(), view, 0});
  REQUIRE(before_the_contract);
  CHECK(before_the_contract->empty());
  CHECK(ledger->call({{}, contract_address(), view, 7}).error() == ec::missing);
  CHECK(ledger->call({{}, {}, view, 6}).error() == ec::rejected);
}

TEST_CASE_METHOD(run_fixture, "a view that reverts says why") {
  commit_until(1);
  auto answer =
    ledger->call({{}, contract_address(), calldata_of(run_view_global_model, uint64_t{3}), 2});
  REQUIRE(!answer);
  CHECK(answer.error() == ec::rejected);
  CHECK(render(answer.error()) == "execution reverted: NoSuchRound(given 3)");
}

TEST_CASE_METHOD(run_fixture, "a ledger that is opened again after any block is the same") {
  REQUIRE(executed(deployment()).succeeded);
  for (uint64_t round = 1; round <= 8; ++round) {
    executed(commit_of(round));
    auto again = reopened();
    REQUIRE(again);
    CHECK(again->genesis() == usual_genesis());
    const auto& was = ledger->blocks().head();
    const auto& is = again->blocks().head();
    CHECK(is.place == was.place);
    CHECK(is.receipts == was.receipts);
    CHECK(is.transactions == was.transactions);
  }
  ledger.reset();
  auto writer = reopened(journal_access::read_write);
  REQUIRE(writer);
  ledger = std::make_shared<embedded_ledger>(std::move(*writer));
  CHECK(executed(commit_of(9)).succeeded);
}

TEST_CASE_METHOD(run_fixture, "an auditor reads beside the server, and can't write") {
  commit_until(1);
  auto auditor = reopened();
  REQUIRE(auditor);
  executed(commit_of(2));
  CHECK(auditor->blocks().head().place.number == 2);
  REQUIRE(auditor->submit(commit_of(2).raw));
  CHECK(auditor->seal(now).error() == ec::io);
  CHECK(auditor->blocks().head().place.number == 2);
  CHECK(auditor->ready_count() == 1);
  CHECK(reopened()->blocks().head().place.number == 3);
}

TEST_CASE_METHOD(ledger_fixture, "a folder has one ledger") {
  executed(plain_call(0, 0));
  auto other = usual_genesis();
  other.chain_id = 5;
  auto second = embedded_ledger::create(directory.path(), other);
  REQUIRE(!second);
  CHECK(second.error() == ec::usage);
  CHECK(reopened()->genesis() == usual_genesis());
  temporary_directory empty;
  CHECK(embedded_ledger::open(empty.path(), journal_access::read_write).error() == ec::missing);
}
