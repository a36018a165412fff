#include "actors/chain/run_contract.hpp"

#include "actors/chain/abi_words.hpp"
#include "tests/chain/run_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

hash256 filled(uint8_t byte) {
  hash256 digest;
  digest.fill(byte);
  return digest;
}

address account(std::string_view digits) { return array_from<address>(digits); }

// The public development accounts that the table uses: owner, aggregator, standby, ann, bob.
const auto aggregator = account("70997970c51812dc3a010c7d01b50e0d17dc79c8");
const auto standby = account("3c44cdddb6a900fa2b585dd299e03d12fa4293bc");
const auto ann = account("90f79bf6eb2c4f870365e785982e1f101e93b906");
const auto bob = account("15d34aaf54267db7d7c367839aaf71a00a2c6a65");
const auto heir = account("14dc79964da2c08b23698b3d3cc7ca32193d9955");

run_terms usual_terms() {
  return {{filled(0x11), codec::dag_pb, 1},
          {filled(0x22), codec::raw, 1},
          filled(0x33),
          aggregator,
          standby,
          chain_seconds{100},
          false};
}

bytes data_named(std::string_view name) { return data_of(case_named(name)); }

} // namespace

TEST_CASE("calldata is byte for byte what the node took") {
  CHECK(deployment_data(usual_terms()) == data_named("deploy, gas just enough"));
  CHECK(commit_round_calldata({1, filled(0x11), filled(0x44), 2, {filled(0x55)}, filled(0x61)})
        == data_named("commit 1, gas just enough"));
  CHECK(commit_round_calldata(
          {2, filled(0x61), filled(0x44), 1000, {filled(0x55), codec::dag_pb, 1}, filled(0x62)})
        == data_named("commit 2, gas just enough"));
  CHECK(submit_update_calldata({8, filled(0x11), filled(0x77), UINT64_MAX})
        == data_named("update 8 of ann: the last open round"));
  CHECK(add_trainers_calldata({}) == data_named("add no trainer, gas just enough"));
  CHECK(add_trainers_calldata(std::array{ann, bob})
        == data_named("add two trainers, one known, gas just enough"));
  CHECK(set_aggregator_calldata(heir) == data_named("set aggregator, gas just enough"));
  CHECK(take_over_calldata() == data_named("takeover at the time, gas just enough"));
  CHECK(transfer_ownership_calldata(heir) == data_named("transfer, gas just enough"));
  CHECK(accept_ownership_calldata() == data_named("accept, gas just enough"));
}

TEST_CASE("creations are read as the contract's constructor reads them") {
  size_t read = 0;
  for (const auto& each : run_cases()) {
    if (!is_creation(each))
      continue;
    INFO(text_of(each, "name"));
    auto data = data_of(each);
    auto terms = deployment_in(data);
    if (each.at("status") == 1) {
      REQUIRE(terms);
      auto again = deployment_data(*terms);
      CHECK(std::ranges::equal(again, std::span{data}.first(again.size())));
      ++read;
    } else if (text_of(each, "revert") == "0x" && each.at("value") == 0
               && each.at("gas_limit") != each.at("gas_used")) {
      REQUIRE_FALSE(terms);
      CHECK(terms.error() == ec::corrupt);
    }
  }
  CHECK(read > 10);
}

TEST_CASE("a creation of other code is refused") {
  auto data = deployment_data(usual_terms());
  CHECK(deployment_in(bytes{}).error() == ec::rejected);
  CHECK(deployment_in(bytes(data.begin(), data.begin() + 100)).error() == ec::rejected);
  data[100] ^= 1;
  CHECK(deployment_in(data).error() == ec::rejected);
}

TEST_CASE("any terms survive a creation's data") {
  rc::prop("deployment_in reads what deployment_data wrote",
           [](const hash256& digest, const address& who, uint64_t seconds, bool open) {
             run_terms terms{{digest, open ? codec::raw : codec::dag_pb, 1},
                             {filled(open), codec::dag_pb, 1},
                             digest,
                             who,
                             {},
                             chain_seconds{seconds},
                             open};
             RC_ASSERT(deployment_in(deployment_data(terms)) == terms);
           });
}

TEST_CASE("trainers that the contract would refuse are refused before they cost gas") {
  std::vector<address> many(trainers_per_call, ann);
  CHECK(add_trainers_calldata(many));
  many.push_back(bob);
  CHECK(add_trainers_calldata(many).error() == ec::usage);
  CHECK(add_trainers_calldata(std::array{ann, address{}}).error() == ec::usage);
}

TEST_CASE("a contract's code has its run's values in the places that the compiler left") {
  address where;
  where.fill(0xcc);
  auto code = deployed_code(usual_terms(), where, 1, 77, chain_seconds{88});
  auto blank = run_runtime_code();
  REQUIRE(code.size() == blank.size());
  for (const auto& [name, offset] : run_immutables()) {
    INFO(name);
    std::span<const uint8_t> word{code.data() + offset, 32};
    CHECK(std::ranges::count(blank.subspan(offset, 32), 0) == 32);
    if (name == "startBlock")
      CHECK(read_uint64(word) == 77u);
    if (name == "startTime")
      CHECK(read_uint64(word) == 88u);
    if (name == "codecs")
      CHECK(read_uint64(word) == 0x7055u);
    std::ranges::fill_n(code.begin() + static_cast<long>(offset), 32, uint8_t{0});
  }
  CHECK(std::ranges::equal(code, blank));
}
