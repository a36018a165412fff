/// What every CHAIN does, in this process or behind JSON-RPC: one suite for both bodies.
///
/// A test program makes a fixture for its body and registers the checks with it:
///
///     FLWR_CHAIN_SUITE(my_fixture)
///
/// The fixture is an `actor_fixture` or has its words, and has `chain`, a CHAIN of chain id
/// 0x666c7772 on which keys 0 and 1 of the development mnemonic have ether and nothing has happened
/// yet, and `await_block()`, after which what was sent before is in a block and its answer is
/// there.
#pragma once

#include "actors/chain/run_events.hpp"
#include "actors/chain/run_views.hpp"
#include "tests/chain/ledger_fixture.hpp"
#include "tests/support/actor_fixture.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace flwr::test {

/// The heads that were heard of, on whichever thread.
class heard_heads {
public:
  void add(const block_ref& head) {
    std::lock_guard lock{mutex_};
    heads_.push_back(head);
    more_.notify_all();
  }

  /// Waits until there are so many.
  std::vector<block_ref> at_least(size_t count) {
    std::unique_lock lock{mutex_};
    more_.wait_for(lock, std::chrono::seconds{10}, [&] { return heads_.size() >= count; });
    return heads_;
  }

private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<block_ref> heads_;
};

/// Hears of heads, and keeps them.
inline head_listener_actor::behavior_type note_heads(head_listener_actor::pointer,
                                                     std::shared_ptr<heard_heads> to) {
  return {[to](atom::head, const block_ref& head) { to->add(head); }};
}

template <class Fixture>
struct chain_suite : Fixture {
  using Fixture::chain;

  template <class T, class... Args>
  T answer(Args... args) {
    auto reply = this->template ask<T>(chain, args...);
    INFO((reply->error ? render(reply->error) : "no answer"));
    REQUIRE(reply->value);
    return *reply->value;
  }

  template <class T, class... Args>
  caf::error refusal(Args... args) {
    auto reply = this->template ask<T>(chain, args...);
    REQUIRE(reply->error);
    return reply->error;
  }

  receipt mined(const signed_transaction& tx) {
    auto reply = this->template ask<tx_hash>(chain, atom::send_v, tx.raw);
    this->await_block();
    REQUIRE(reply->value);
    CHECK(*reply->value == tx.hash);
    auto found = answer<std::optional<receipt>>(atom::receipt_v, tx.hash);
    REQUIRE(found);
    return *found;
  }

  void deploy_and_commit(uint64_t rounds) {
    REQUIRE(mined(deployment()).succeeded);
    for (uint64_t round = 1; round <= rounds; ++round)
      REQUIRE(mined(commit_of(round)).succeeded);
  }

  uint64_t committed_at(uint64_t block) {
    call_request question{{}, contract_address(), calldata_of(run_view_committed), block};
    return *answer_in(run_view_committed, answer<bytes>(atom::call_v, question));
  }

  void knows_itself() {
    CHECK(answer<uint64_t>(atom::chain_id_v) == 0x666c7772);
    CHECK(answer<uint64_t>(atom::nonce_v, dev_key(0)->address()) == 0);
    auto head = answer<block_facts>(atom::head_v);
    CHECK(answer<block_facts>(atom::block_v, head.block.number).block == head.block);
    CHECK(refusal<block_facts>(atom::block_v, head.block.number + 1) == ec::missing);
  }

  void gives_receipts() {
    auto created = mined(deployment());
    CHECK(created.contract == contract_address());
    CHECK_FALSE(created.to);
    CHECK(created.logs.size() == 2);
    auto committed = mined(commit_of(1));
    CHECK(committed.succeeded);
    CHECK(committed.from == dev_key(0)->address());
    CHECK(committed.to == contract_address());
    CHECK(committed.gas_used == committed.cumulative_gas_used);
    CHECK(committed.block.number > created.block.number);
    auto event = run_event_in(committed.logs.at(0));
    REQUIRE(event);
    CHECK(std::get<round_committed>(*event).what == commitment_of(1));
    CHECK(answer<uint64_t>(atom::nonce_v, dev_key(0)->address()) == 2);
    CHECK_FALSE(answer<std::optional<receipt>>(atom::receipt_v, commit_of(2).hash));
  }

  void gives_transactions_back() {
    auto made = mined(deployment());
    auto found = answer<std::optional<placed_transaction>>(atom::transaction_v, deployment().hash);
    REQUIRE(found);
    CHECK(found->raw == deployment().raw);
    CHECK(found->block == made.block);
    CHECK_FALSE(answer<std::optional<placed_transaction>>(atom::transaction_v, commit_of(1).hash));
  }

  void takes_a_transaction_twice() {
    auto first = mined(deployment());
    auto second = mined(deployment());
    CHECK(first.block == second.block);
  }

  void refuses_with_words() {
    deploy_and_commit(0);
    auto used = sign(new_transaction(0, address{1}, {}), *dev_key(0));
    auto why = refusal<tx_hash>(atom::send_v, used.raw);
    CHECK(why == ec::rejected);
    CHECK_THAT(render(why), Catch::Contains("nonce too low"));
    auto foreign = new_transaction(1, address{1}, {});
    foreign.chain_id = 1;
    CHECK(refusal<tx_hash>(atom::send_v, sign(foreign, *dev_key(0)).raw) == ec::rejected);
    CHECK(refusal<tx_hash>(atom::send_v, bytes{0xc0}) == ec::rejected);
  }

  void mines_refused_calls() {
    deploy_and_commit(0);
    auto data = commit_round_calldata(commitment_of(2));
    auto made = mined(sign(new_transaction(1, contract_address(), data), *dev_key(0)));
    CHECK_FALSE(made.succeeded);
    CHECK(made.logs.empty());
    call_request again{dev_key(0)->address(), contract_address(), data, made.block.number};
    auto why = refusal<bytes>(atom::call_v, again);
    CHECK(why == ec::rejected);
    CHECK_THAT(render(why), Catch::Contains("WrongRound(expected 1, given 2)"));
  }

  void answers_calls_as_of_any_block() {
    deploy_and_commit(3);
    auto head = answer<block_facts>(atom::head_v).block.number;
    for (uint64_t ago = 0; ago <= 3; ++ago)
      CHECK(committed_at(head - ago) == 3 - ago);
    call_request ahead{{}, contract_address(), calldata_of(run_view_committed), head + 1};
    CHECK(refusal<bytes>(atom::call_v, ahead) == ec::missing);
  }

  void finds_logs() {
    deploy_and_commit(3);
    log_query query{contract_address(), round_committed_topic(), 0, UINT64_MAX};
    query.last_block = answer<block_facts>(atom::head_v).block.number;
    auto found = answer<std::vector<placed_log>>(atom::logs_v, query);
    REQUIRE(found.size() == 3);
    for (uint64_t round = 1; round <= 3; ++round) {
      CHECK(found[round - 1].transaction == commit_of(round).hash);
      CHECK(found[round - 1].block
            == answer<std::optional<receipt>>(atom::receipt_v, commit_of(round).hash)->block);
    }
    query.topic.reset();
    CHECK(answer<std::vector<placed_log>>(atom::logs_v, query).size() == 5);
    query.emitter = dev_key(0)->address();
    CHECK(answer<std::vector<placed_log>>(atom::logs_v, query).empty());
  }

  void tells_followers() {
    auto heads = std::make_shared<heard_heads>();
    auto listener = this->spawn(note_heads, heads);
    this->self->send(chain, atom::follow_v, listener);
    this->settle();
    auto first = answer<block_facts>(atom::head_v).block;
    CHECK(heads->at_least(1) == std::vector{first});
    auto made = mined(deployment());
    auto heard = heads->at_least(2);
    REQUIRE(heard.size() == 2);
    CHECK(heard.back() == made.block);
    CHECK(answer<block_facts>(atom::head_v).parent == first.hash);
  }
};

} // namespace flwr::test

#define FLWR_CHAIN_CHECK(fixture, name, check)                                                     \
  TEST_CASE_METHOD(flwr::test::chain_suite<fixture>, name) { check(); }

#define FLWR_CHAIN_SUITE(fixture)                                                                  \
  FLWR_CHAIN_CHECK(fixture, "a chain knows its id, head and blocks", knows_itself)                 \
  FLWR_CHAIN_CHECK(fixture, "a chain gives receipts", gives_receipts)                              \
  FLWR_CHAIN_CHECK(fixture, "a chain gives transactions back", gives_transactions_back)            \
  FLWR_CHAIN_CHECK(fixture, "a chain takes a transaction twice", takes_a_transaction_twice)        \
  FLWR_CHAIN_CHECK(fixture, "a chain says why it refuses", refuses_with_words)                     \
  FLWR_CHAIN_CHECK(fixture, "a chain mines what the contract refuses", mines_refused_calls)        \
  FLWR_CHAIN_CHECK(fixture, "a chain answers calls as of any block",                               \
                   answers_calls_as_of_any_block)                                                  \
  FLWR_CHAIN_CHECK(fixture, "a chain finds logs", finds_logs)                                      \
  FLWR_CHAIN_CHECK(fixture, "a chain tells its followers of new heads", tells_followers)
