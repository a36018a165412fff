#include "actors/recorder.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

struct recorder_fixture : test::actor_fixture {
  auto record() {
    round_record what{.round = 4, .base = {}, .model = {}, .updates = {content_id{}, content_id{}}};
    return ask<recorded>(recorder, atom::record_v, what);
  }

  test::desk_ptr desk = std::make_shared<test::storage_desk>();
  recorder_actor recorder =
    own(spawn_recorder(sys, spawn(test::desk_uploader, desk), spawn(test::desk_journal, desk)));
};

} // namespace

TEST_CASE_METHOD(recorder_fixture,
                 "recorder pins updates and model before it writes the round down") {
  auto reply = record();
  REQUIRE(reply->value);
  CHECK(reply->value->round == 4);
  CHECK_FALSE(reply->value->transaction);
  CHECK(desk->calls == std::vector<std::string>{"pin 3", "append recorded"});
  CHECK(decode_recorded(desk->entries.at(0))->round == 4);
}

TEST_CASE_METHOD(recorder_fixture, "recorder writes nothing down that isn't on disk") {
  desk->refuse_pin = make_error(ec::no_space, "no space left");
  CHECK(render(record()->error) == "no space left");
  CHECK(desk->entries.empty());
}

TEST_CASE_METHOD(recorder_fixture, "recorder passes on that the journal failed") {
  desk->refuse_append = make_error(ec::io, "journal: I/O error");
  CHECK(record()->error == ec::io);
}

TEST_CASE_METHOD(recorder_fixture, "recorder answers on exit") {
  desk->hold_pins = true;
  auto reply = record();
  CHECK(reply->pending());
  end(recorder);
  CHECK_FALSE(reply->pending());
}
