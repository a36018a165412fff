#include "actors/chain/run_events.hpp"

#include "actors/chain/abi_words.hpp"
#include "tests/chain/run_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <set>

using namespace flwr;
using namespace flwr::test;

namespace {

/// All logs of the table that differ.
std::vector<flwr::log> known_logs() {
  std::vector<flwr::log> logs;
  for (const auto& each : run_cases())
    if (each.at("status") == 1)
      for (const auto& said : logs_of(each))
        if (std::ranges::find(logs, said) == logs.end())
          logs.push_back(said);
  return logs;
}

template <class Event>
Event event_of(std::string_view name) {
  auto event = run_event_in(logs_of(case_named(name)).at(0));
  REQUIRE(event);
  return std::get<Event>(*event);
}

std::string refusal_of(std::string_view name) {
  auto text = refusal_in(unhex(text_of(case_named(name), "revert")));
  REQUIRE(text);
  return *text;
}

} // namespace

TEST_CASE("every log of the table is read, and written again byte for byte") {
  std::set<size_t> kinds;
  for (const auto& said : known_logs()) {
    auto event = run_event_in(said);
    REQUIRE(event);
    CHECK(log_of(*event, said.emitter) == said);
    kinds.insert(event->index());
  }
  CHECK(kinds.size() == std::variant_size_v<run_event>);
}

TEST_CASE("a commit's event repeats the call and names the block of the commit before") {
  auto first = event_of<round_committed>("commit 1, gas just enough");
  auto second = event_of<round_committed>("commit 2, gas just enough");
  const auto& call = case_named("commit 2, gas just enough");
  CHECK(commit_round_calldata(second.what) == data_of(call));
  CHECK(second.aggregator == address_in(call, "from"));
  CHECK(first.previous_block == case_named("commits: deploy").at("block").to_number<uint64_t>());
  CHECK(second.previous_block
        == case_named("commit 1, gas just enough").at("block").to_number<uint64_t>());
}

TEST_CASE("an update's event repeats the call") {
  for (auto name : {"update 8 of ann: the last open round", "update 1 of ann, gas just enough"}) {
    auto event = event_of<update_submitted>(name);
    CHECK(submit_update_calldata(event.what) == data_of(case_named(name)));
    CHECK(event.trainer == address_in(case_named(name), "from"));
  }
}

TEST_CASE("a log that was cut, lengthened or given another topic isn't read") {
  for (auto said : known_logs()) {
    auto longer = said;
    longer.data.push_back(0);
    CHECK(run_event_in(longer).error() == ec::corrupt);
    auto more = said;
    more.topics.push_back({});
    CHECK(run_event_in(more).error() == ec::corrupt);
    auto other = said;
    other.topics[0][5] ^= 1;
    CHECK(run_event_in(other).error() == ec::rejected);
    said.topics.pop_back();
    CHECK_FALSE(run_event_in(said));
    said.topics.clear();
    CHECK(run_event_in(said).error() == ec::rejected);
  }
}

TEST_CASE("a log with a bit flipped is refused or read as other values, never as the same") {
  auto logs = known_logs();
  rc::prop("one flipped bit", [&] {
    auto said = *rc::gen::elementOf(logs);
    auto before = run_event_in(said);
    auto bits = 256 * said.topics.size() + 8 * said.data.size();
    auto bit = *rc::gen::inRange<size_t>(0, bits);
    auto& byte = bit < 256 * said.topics.size() ? said.topics[bit / 256][bit % 256 / 8]
                                                : said.data[(bit - 256 * said.topics.size()) / 8];
    byte ^= static_cast<uint8_t>(1 << bit % 8);
    auto event = run_event_in(said);
    if (event) {
      RC_ASSERT(*event != *before);
      RC_ASSERT(log_of(*event, said.emitter) == said);
    }
  });
}

TEST_CASE("every refusal of the table is told in words") {
  std::set<std::string> names;
  for (const auto& each : run_cases()) {
    if (each.at("status") == 1)
      continue;
    INFO(text_of(each, "name"));
    auto returned = unhex(text_of(each, "revert"));
    auto text = refusal_in(returned);
    REQUIRE(text);
    names.insert(text->substr(0, text->find('(')));
    if (returned.empty())
      continue;
    returned.push_back(0);
    CHECK(refusal_in(returned).error() == ec::corrupt);
    returned.resize(returned.size() - 2);
    CHECK(refusal_in(returned).error() == ec::corrupt);
  }
  for (const auto& each : run_errors()) {
    INFO(each.name);
    CHECK(names.contains(std::string{each.name}));
  }
}

TEST_CASE("a refusal names its arguments") {
  auto base = "0x" + std::string(64, '1');
  CHECK(refusal_of("commit refused: zero base")
        == "WrongBase(expected " + base + ", given 0x" + std::string(64, '0') + ")");
  CHECK(refusal_of("commit refused: round 18446744073709551615 instead of 1")
        == "WrongRound(expected 1, given 18446744073709551615)");
  CHECK(refusal_of("commit refused: manifest zero") == "ZeroDigest");
  CHECK(refusal_of("takeover refused: a second early") == "TooEarly(remainingSeconds 1)");
  CHECK(refusal_of("add refused: 501 trainers")
        == "TooManyTrainers(given 501, limit " + std::to_string(trainers_per_call) + ")");
  CHECK(refusal_of("update refused: no trainer yet")
        == "NotTrainer(sender 0x90f79bf6eb2c4f870365e785982e1f101e93b906)");
  CHECK(refusal_of("update refused: round 9")
        == "RoundNotOpen(first 1, last " + std::to_string(open_rounds) + ", given 9)");
  CHECK(refusal_of("empty calldata").starts_with("refused without a word"));
}

TEST_CASE("what isn't a refusal of this contract isn't read as one") {
  CHECK(refusal_in(bytes{1}).error() == ec::corrupt);
  CHECK(refusal_in(bytes{1, 2, 3, 4}).error() == ec::corrupt);
  auto dirty = unhex(text_of(case_named("commit refused: unknown manifest codec"), "revert"));
  dirty[4] = 1;
  CHECK(refusal_in(dirty).error() == ec::corrupt);
  auto panic = selector_of("Panic(uint256)");
  bytes data{panic.begin(), panic.end()};
  append_words(data, uint64_t{0x11});
  CHECK(refusal_in(data).error() == ec::corrupt);
}
