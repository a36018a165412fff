#include "actors/recorder.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/audit/manifest.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/ledger_doubles.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

struct recorder_fixture : test::actor_fixture {
  recorder_actor spawn_with(std::optional<recorder_ledger> ledger) {
    return own(spawn_recorder(sys, {.run = test::some_run(), .ledger = std::move(ledger)},
                              spawn(test::desk_uploader, desk), spawn(test::desk_journal, desk)));
  }

  recorder_ledger on_chain() {
    return {.sender = spawn(test::desk_sender, chain),
            .terms = {.genesis = {.digest = {7}},
                      .description = {.digest = {8}},
                      .salt = {},
                      .aggregator = address{1},
                      .standby = {},
                      .takeover_after = {},
                      .open = false},
            .contract = address{0xc0}};
  }

  /// Clients 0 ... counted - 1 count, one more is silent.
  static round_record round(uint64_t number, uint64_t counted_clients = 2) {
    round_record what{.round = number,
                      .base = {.digest = {static_cast<uint8_t>(number)}},
                      .model = {.digest = {static_cast<uint8_t>(number + 1)}},
                      .invited = {}};
    for (uint64_t id = 0; id < counted_clients; ++id)
      what.invited[client_id{id}] = counted{.model = {.digest = {static_cast<uint8_t>(100 + id)}},
                                            .num_examples = 5,
                                            .loss = 0,
                                            .metrics = {},
                                            .signer = test::address_of_client(client_id{id}),
                                            .signature = {1}};
    what.invited[client_id{counted_clients}] = silent{"gone"};
    return what;
  }

  auto record(const round_record& what) { return ask<recorded>(recorder, atom::record_v, what); }

  test::desk_ptr desk = std::make_shared<test::storage_desk>();
  test::sender_desk_ptr chain = std::make_shared<test::sender_desk>();
  recorder_actor recorder = spawn_with({});
};

struct ledger_fixture : recorder_fixture {
  ledger_fixture() { recorder = spawn_with(on_chain()); }
};

} // namespace

TEST_CASE_METHOD(recorder_fixture, "recorder without a chain deploys nothing") {
  CHECK(ask<void>(recorder, atom::begin_v)->done);
  CHECK(chain->asked.empty());
}

TEST_CASE_METHOD(recorder_fixture,
                 "recorder pins updates, model and manifest before it writes the round down") {
  auto reply = record(round(4));
  REQUIRE(reply->value);
  CHECK(reply->value->round == 4);
  CHECK_FALSE(reply->value->transaction);
  CHECK(desk->calls == std::vector<std::string>{"upload", "pin 4", "append recorded"});
  CHECK(decode_recorded(desk->entries.at(0))->round == 4);
}

TEST_CASE_METHOD(recorder_fixture, "recorder's manifest says what became of everybody") {
  record(round(4));
  REQUIRE(desk->blobs.size() == 1);
  auto& blob = *desk->blobs.begin()->second;
  auto read = decode_manifest({reinterpret_cast<const char*>(blob.data()), blob.size()});
  REQUIRE(read);
  CHECK(read->run == test::some_run().run);
  CHECK(read->record == round(4));
}

TEST_CASE_METHOD(recorder_fixture, "recorder writes nothing down that isn't on disk") {
  desk->refuse_pin = make_error(ec::no_space, "no space left");
  CHECK(render(record(round(4))->error) == "no space left");
  CHECK(desk->entries.empty());
}

TEST_CASE_METHOD(recorder_fixture, "recorder passes on that the journal failed") {
  desk->refuse_append = make_error(ec::io, "journal: I/O error");
  CHECK(record(round(4))->error == ec::io);
}

TEST_CASE_METHOD(recorder_fixture, "recorder answers on exit") {
  desk->hold_pins = true;
  auto reply = record(round(4));
  CHECK(reply->pending());
  end(recorder);
  CHECK_FALSE(reply->pending());
}

TEST_CASE_METHOD(ledger_fixture, "recorder deploys the contract where the run says it is") {
  chain->creates = address{0xc0};
  CHECK(ask<void>(recorder, atom::begin_v)->done);
  REQUIRE(chain->asked.size() == 1);
  CHECK_FALSE(chain->asked[0].to);
  CHECK(deployment_in(chain->asked[0].data)->aggregator == address{1});
  chain->creates = address{0xc1};
  auto elsewhere = ask<void>(recorder, atom::begin_v);
  CHECK(elsewhere->error == ec::rejected);
  CHECK(render(elsewhere->error).find("somebody else uses the server's account")
        != std::string::npos);
}

TEST_CASE_METHOD(ledger_fixture, "recorder makes clients trainers before it commits them, once") {
  auto reply = record(round(1));
  REQUIRE(reply->value);
  REQUIRE(chain->asked.size() == 2);
  CHECK(chain->asked[0].purpose == "addition of 2 trainers");
  CHECK(chain->asked[1].purpose == "commit of round 1");
  CHECK(chain->asked[1].to == address{0xc0});
  CHECK(reply->value->transaction == tx_hash{2});
  CHECK(reply->value->gas_used == 50'002u);
  CHECK(reply->value->block_number == 12u);
  record(round(2));
  CHECK(chain->asked.size() == 3);
  record(round(3, 4));
  REQUIRE(chain->asked.size() == 5);
  CHECK(chain->asked[3].purpose == "addition of 2 trainers");
}

TEST_CASE_METHOD(ledger_fixture, "recorder adds at most 500 trainers at a time") {
  CHECK(record(round(1, 501))->value);
  REQUIRE(chain->asked.size() == 3);
  CHECK(chain->asked[0].purpose == "addition of 500 trainers");
  CHECK(chain->asked[1].purpose == "addition of 1 trainers");
}

TEST_CASE_METHOD(ledger_fixture, "recorder commits what the manifest says") {
  record(round(1));
  auto root = updates_root(test::some_run(), round(1));
  REQUIRE(root);
  round_commitment expected_call{.round = 1,
                                 .base = {1},
                                 .updates_root = *root,
                                 .updates = 2,
                                 .manifest = desk->blobs.begin()->first,
                                 .model = {2}};
  CHECK(chain->asked.at(1).data == commit_round_calldata(expected_call));
}

TEST_CASE_METHOD(ledger_fixture, "recorder commits a round without updates, adding nobody") {
  auto void_round = round(1, 0);
  void_round.model = void_round.base;
  CHECK(record(void_round)->value);
  REQUIRE(chain->asked.size() == 1);
  CHECK(chain->asked[0].purpose == "commit of round 1");
}

TEST_CASE_METHOD(ledger_fixture, "recorder passes on that a commit failed, and writes nothing") {
  chain->refuse = make_error(ec::rejected, "commit of round 1 failed on chain: WrongBase");
  CHECK(record(round(1))->error == ec::rejected);
  CHECK(desk->entries.empty());
}

TEST_CASE_METHOD(ledger_fixture, "recorder commits nothing once trainers can't be added") {
  chain->refuse = make_error(ec::rejected, "addition of 2 trainers: no funds");
  CHECK(record(round(1))->error == ec::rejected);
  CHECK(chain->asked.size() == 1);
  chain->refuse = {};
  CHECK(record(round(2))->error == ec::rejected);
  CHECK(chain->asked.size() == 1);
  CHECK(desk->entries.empty());
}

TEST_CASE_METHOD(ledger_fixture, "recorder doesn't wait for one commit to send the next") {
  record(round(1)); // Its clients are trainers now.
  chain->asked.clear();
  chain->hold = true;
  auto first = record(round(2)), second = record(round(3));
  CHECK(first->pending());
  CHECK(second->pending());
  CHECK(chain->asked.size() == 2);
  end(recorder);
  CHECK_FALSE(first->pending());
  CHECK_FALSE(second->pending());
}
