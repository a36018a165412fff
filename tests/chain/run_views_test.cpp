#include "actors/chain/run_views.hpp"

#include "actors/chain/abi_words.hpp"
#include "tests/chain/run_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <map>

using namespace flwr;
using namespace flwr::test;

namespace {

/// What one contract of the table answers, question by question, after its last case.
using answers = std::map<bytes, bytes>;

/// The answers of the contract that the named case created, after the named last case.
answers answers_until(std::string_view created, std::string_view last) {
  auto contract = text_of(case_named(created), "created");
  answers found;
  for (const auto& each : run_cases()) {
    if (text_of(each, is_creation(each) ? "created" : "to") == contract)
      if (auto views = each.as_object().if_contains("views"))
        for (const auto& view : views->as_array())
          found[unhex(text_of(view, "data"))] = unhex(text_of(view, "result"));
    if (text_of(each, "name") == last)
      break;
  }
  return found;
}

template <class Answer, class... Arguments>
Answer told(const answers& from, const run_view<Answer>& view, const Arguments&... arguments) {
  INFO(view.signature);
  auto answer = answer_in(view, from.at(calldata_of(view, arguments...)));
  REQUIRE(answer);
  return *answer;
}

hash256 filled(uint8_t byte) {
  hash256 digest;
  digest.fill(byte);
  return digest;
}

template <class Answer>
void check_strictness(const run_view<Answer>& view, bytes returned) {
  INFO(view.signature);
  CHECK(answer_in(view, returned));
  returned.push_back(0);
  CHECK(answer_in(view, returned).error() == ec::corrupt);
  returned.resize(returned.size() - 2);
  CHECK(answer_in(view, returned).error() == ec::corrupt);
  CHECK(answer_in(view, {}).error() == ec::corrupt);
}

} // namespace

TEST_CASE("a fresh contract answers what it was deployed with") {
  const auto& created = case_named("deploy, gas just enough");
  auto from = answers_until("deploy, gas just enough", "deploy, gas just enough");
  auto terms = *deployment_in(data_of(created));
  auto block = created.at("block").to_number<uint64_t>();
  chain_seconds time{created.at("timestamp").to_number<uint64_t>()};
  CHECK(told(from, run_view_genesis) == terms.genesis.digest);
  CHECK(told(from, run_view_get_genesis) == terms.genesis.digest);
  CHECK(told(from, run_view_global_model, uint64_t{1}) == terms.genesis.digest);
  CHECK(told(from, run_view_description) == terms.description.digest);
  CHECK(told(from, run_view_salt) == terms.salt);
  CHECK(told(from, run_view_codecs) == run_codecs{codec::dag_pb, codec::raw});
  CHECK(told(from, run_view_standby) == terms.standby);
  CHECK(told(from, run_view_takeover_after) == terms.takeover_after);
  CHECK(told(from, run_view_open) == terms.open);
  CHECK(told(from, run_view_aggregator) == terms.aggregator);
  CHECK(told(from, run_view_owner) == address_in(created, "from"));
  CHECK(told(from, run_view_pending_owner) == address{});
  CHECK(told(from, run_view_committed) == 0);
  CHECK(told(from, run_view_current_round) == 1);
  CHECK(told(from, run_view_start_block) == block);
  CHECK(told(from, run_view_last_commit_block) == block);
  CHECK(told(from, run_view_last_commit_time) == time);
  CHECK(told(from, run_view_trainer_count) == 0);
  CHECK(told(from, run_view_updates, uint64_t{8}).empty());
}

TEST_CASE("a contract's code is what its run id says, which its view tells") {
  const auto& created = case_named("deploy, gas just enough");
  auto terms = *deployment_in(data_of(created));
  auto code = deployed_code(terms, contract_of(created), 0x666c7772,
                            created.at("block").to_number<uint64_t>(),
                            chain_seconds{created.at("timestamp").to_number<uint64_t>()});
  auto from = answers_until("deploy, gas just enough", "deploy, gas just enough");
  auto run = told(from, run_view_run);
  auto place = std::ranges::find(run_immutables(), std::string_view{"run"}, &immutable_place::name);
  CHECK(std::ranges::equal(std::span{code}.subspan(place->offset, 32), run));
}

TEST_CASE("updates are listed in the order of the trainers, with those who sent them") {
  auto from = answers_until("updates: deploy", "update 1 of cy");
  auto ann = address_in(case_named("update 1 of ann, gas just enough"), "from");
  auto bob = address_in(case_named("update 1 of bob, gas just enough"), "from");
  auto cy = address_in(case_named("update 1 of cy"), "from");
  uint64_t round = 1;
  CHECK(told(from, run_view_updates, round)
        == std::vector{filled(0x77), filled(0x79), filled(0x7a)});
  CHECK(told(from, run_view_submitters, round) == std::vector{ann, bob, cy});
  CHECK(told(from, run_view_update_of, round, bob) == filled(0x79));
  CHECK(told(from, run_view_is_trainer, cy));
  CHECK_FALSE(told(from, run_view_is_trainer, address{}));
  CHECK(told(from, run_view_trainer_count) == 3);
}

TEST_CASE("commits move the committed round, its block and its time") {
  const auto& commit = case_named("commit 11");
  auto from = answers_until("commits: deploy", "commit 11");
  CHECK(told(from, run_view_committed) == 11);
  CHECK(told(from, run_view_current_round) == 12);
  CHECK(told(from, run_view_last_commit_block) == commit.at("block").to_number<uint64_t>());
  CHECK(told(from, run_view_last_commit_time).count()
        == commit.at("timestamp").to_number<uint64_t>());
  CHECK(told(from, run_view_global_model, uint64_t{12}) == filled(0x6b));
}

TEST_CASE("answers of another length or out of range are refused") {
  bytes word(32);
  check_strictness(run_view_open, word);
  check_strictness(run_view_committed, word);
  check_strictness(run_view_last_commit_time, word);
  check_strictness(run_view_owner, word);
  check_strictness(run_view_run, word);
  bytes list;
  append_words(list, uint64_t{32}, uint64_t{2}, uint64_t{5}, uint64_t{6});
  check_strictness(run_view_updates, list);
  check_strictness(run_view_submitters, list);
  bytes codecs;
  append_words(codecs, uint64_t{0x5570});
  check_strictness(run_view_codecs, codecs);
  codecs[31] = 0x71;
  CHECK(answer_in(run_view_codecs, codecs).error() == ec::corrupt);
  word.back() = 2;
  CHECK(answer_in(run_view_open, word).error() == ec::corrupt);
  word.front() = 1;
  CHECK(answer_in(run_view_committed, word).error() == ec::corrupt);
  CHECK(answer_in(run_view_owner, word).error() == ec::corrupt);
  CHECK(answer_in(run_view_updates, word).error() == ec::corrupt);
}

TEST_CASE("a list that says more than it holds reserves nothing") {
  for (auto length : {uint64_t{3}, uint64_t{1} << 59, UINT64_MAX}) {
    bytes list;
    append_words(list, uint64_t{32}, length, uint64_t{5}, uint64_t{6});
    CHECK(answer_in(run_view_updates, list).error() == ec::corrupt);
    CHECK(answer_in(run_view_submitters, list).error() == ec::corrupt);
  }
}

TEST_CASE("any list of digests survives") {
  rc::prop("an encoded list is read", [](const std::vector<hash256>& digests) {
    bytes list;
    append_words(list, uint64_t{32}, uint64_t{digests.size()});
    for (const auto& each : digests)
      append_words(list, each);
    RC_ASSERT(answer_in(run_view_updates, list) == digests);
  });
}
