#include "actors/tx_sender.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/chain/transaction.hpp"
#include "actors/chain_watcher.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/ledger_doubles.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

struct tx_sender_fixture : test::actor_fixture {
  tx_sender_fixture() {
    script->next_nonce = 5;
    script->hash_of = [](const bytes& raw) { return decode_transaction(raw)->hash; };
    settle();
  }

  auto submit(const std::string& purpose) {
    return ask<receipt>(
      sender, atom::submit_v,
      tx_request{.to = address{9}, .data = {1, 2}, .gas_limit = 60'000, .purpose = purpose});
  }

  signed_transaction sent(size_t which) const {
    return *decode_transaction(script->sent.at(which));
  }

  void mine(size_t which, bool succeeded = true) {
    auto tx = sent(which);
    receipt done;
    done.transaction = tx.hash;
    done.block.number = 4;
    done.from = tx.sender;
    done.succeeded = succeeded;
    script->receipts[tx.hash] = done;
    self->send(script->listeners.at(0), atom::head_v, block_ref{4, {}});
    settle();
  }

  test::chain_script_ptr script = std::make_shared<test::chain_script>();
  test::desk_ptr desk = std::make_shared<test::storage_desk>();
  chain_actor chain = spawn(test::scripted_chain, script);
  chain_watcher_actor watcher = own(spawn_chain_watcher(sys, {}, chain));
  tx_sender_actor sender =
    own(spawn_tx_sender(sys, {.account = test::key_of(client_id{0}), .chain_id = 7}, chain, watcher,
                        spawn(test::desk_journal, desk)));
};

} // namespace

TEST_CASE_METHOD(tx_sender_fixture, "sender signs for its chain with nonce and fees of the chain") {
  auto reply = submit("commit of round 1");
  REQUIRE(script->sent.size() == 1);
  auto tx = sent(0);
  CHECK(tx.sender == test::address_of_client(client_id{0}));
  CHECK(tx.fields.nonce == 5);
  CHECK(tx.fields.chain_id == 7);
  CHECK(tx.fields.max_priority_fee_per_gas == 2);
  CHECK(tx.fields.max_fee_per_gas == 2 * 7 + 2);
  CHECK(tx.fields.gas_limit == 60'000);
  CHECK(tx.fields.to == address{9});
  CHECK(reply->pending());
  mine(0);
  CHECK(reply->value->transaction == tx.hash);
}

TEST_CASE_METHOD(tx_sender_fixture, "sender writes down what it will send before it sends it") {
  desk->refuse_append = make_error(ec::no_space, "journal: no space left");
  auto reply = submit("commit of round 1");
  CHECK(script->sent.empty());
  CHECK(reply->error == ec::no_space);
  CHECK(render(reply->error) == "commit of round 1: journal: no space left");
}

TEST_CASE_METHOD(tx_sender_fixture, "sender's journal has the bytes to send again") {
  submit("commit of round 1");
  auto body = decode_transaction(desk->entries.at(0));
  REQUIRE(body);
  CHECK(body->nonce == 5);
  CHECK(body->raw == script->sent.at(0));
  CHECK(body->hash == sent(0).hash);
  CHECK(body->purpose == "commit of round 1");
}

TEST_CASE_METHOD(tx_sender_fixture, "sender sends the next one before the last one is mined") {
  auto first = submit("one"), second = submit("two");
  REQUIRE(script->sent.size() == 2);
  CHECK(sent(0).fields.nonce == 5);
  CHECK(sent(1).fields.nonce == 6);
  mine(1);
  CHECK(first->pending());
  CHECK(second->value);
}

TEST_CASE_METHOD(tx_sender_fixture, "sender says why a mined transaction failed") {
  script->call_error = make_error(ec::rejected, "WrongRound(expected 1, given 2)");
  auto reply = submit("commit of round 2");
  mine(0, false);
  CHECK(reply->error == ec::rejected);
  CHECK(render(reply->error)
        == "commit of round 2 failed on chain: WrongRound(expected 1, given 2)");
  REQUIRE(script->calls.size() == 1);
  CHECK(script->calls[0].block_number == 3); // The state that it ran on.
  CHECK(script->calls[0].data == bytes{1, 2});
}

TEST_CASE_METHOD(tx_sender_fixture, "a transaction that the chain refuses holds up all after it") {
  script->refuse_send = make_error(ec::rejected, "insufficient funds");
  auto first = submit("one");
  CHECK(render(first->error) == "one: insufficient funds");
  auto second = submit("two");
  CHECK(second->error == ec::rejected);
  CHECK(script->sent.size() == 1);
}

TEST_CASE_METHOD(tx_sender_fixture, "sender answers on exit") {
  auto reply = submit("one");
  end(sender);
  CHECK_FALSE(reply->pending());
}
