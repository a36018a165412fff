#include "actors/chain/embedded_state.hpp"

#include "actors/chain/run_contract.hpp"
#include "actors/chain/run_events.hpp"
#include "tests/chain/run_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

constexpr uint64_t chain_id = 0x666c7772;
const u256 ether{"1000000000000000000"};

uint64_t number_in(const boost::json::value& from, std::string_view key) {
  return from.at(key).to_number<uint64_t>();
}

/// Yellow paper, section 6.2, EIP-2028 and EIP-3860.
uint64_t intrinsic_gas_of(const bytes& data, bool creates) {
  auto zeros = static_cast<uint64_t>(std::ranges::count(data, 0));
  auto creation = creates ? 32'000 + 2 * ((data.size() + 31) / 32) : 0;
  return 21'000 + 4 * zeros + 16 * (data.size() - zeros) + creation;
}

/// A case as the ledger gets it. `data` has to outlive the message.
embedded_message message_of(const boost::json::value& from, const bytes& data) {
  embedded_message message;
  message.from = address_in(from, "from");
  message.nonce = number_in(from, "nonce");
  if (!is_creation(from))
    message.to = address_in(from, "to");
  else if (from.at("status") == 1)
    message.created = address_in(from, "created");
  message.value = number_in(from, "value");
  message.data = data;
  message.gas_limit = number_in(from, "gas_limit");
  message.intrinsic_gas = intrinsic_gas_of(data, is_creation(from));
  return message;
}

embedded_block block_of(const boost::json::value& from) {
  embedded_block block;
  block.block = {chain_id, number_in(from, "block"), number_in(from, "timestamp")};
  return block;
}

/// The development accounts, with enough ether.
embedded_state first_state() {
  embedded_state state;
  for (const auto& each : run_cases())
    state[address_in(each, "from")].balance = 1'000'000 * ether;
  return state;
}

/// The state when the named case comes.
embedded_state state_before(std::string_view name) {
  auto state = first_state();
  for (const auto& each : run_cases()) {
    if (text_of(each, "name") == name)
      break;
    auto data = data_of(each);
    auto outcome = execute(state, message_of(each, data), block_of(each));
    REQUIRE(outcome);
    state = applied(std::move(state), outcome->change);
  }
  return state;
}

void check_views(const embedded_state& state, const boost::json::value& from) {
  auto views = from.as_object().if_contains("views");
  if (!views)
    return;
  for (const auto& view : views->as_array()) {
    auto data = unhex(text_of(view, "data"));
    INFO(text_of(view, "data"));
    embedded_message message;
    message.to = contract_of(from);
    message.data = data;
    message.gas_limit = uint64_t{1} << 26;
    auto answer = call(state, message, block_of(from));
    auto refused = view.as_object().contains("revert");
    CHECK(answer.succeeded != refused);
    CHECK(to_0x(answer.output) == text_of(view, refused ? "revert" : "result"));
  }
}

void check_outcome(const embedded_outcome& outcome, const boost::json::value& from) {
  CHECK(outcome.succeeded == (from.at("status") == 1));
  CHECK(outcome.gas_used == number_in(from, "gas_used"));
  CHECK(outcome.logs == (outcome.succeeded ? logs_of(from) : std::vector<flwr::log>{}));
  if (!outcome.succeeded)
    CHECK(to_0x(outcome.output) == text_of(from, "revert"));
  CHECK(outcome.contract.has_value() == (is_creation(from) && outcome.succeeded));
}

} // namespace

TEST_CASE("the embedded ledger does with every call of the table what a real node did") {
  auto state = first_state();
  for (const auto& each : run_cases()) {
    INFO(text_of(each, "name"));
    auto data = data_of(each);
    auto outcome = execute(state, message_of(each, data), block_of(each));
    REQUIRE(outcome);
    check_outcome(*outcome, each);
    state = applied(std::move(state), outcome->change);
    check_views(state, each);
  }
}

TEST_CASE("the least gas of a call is a real node's, to the last unit") {
  auto state = first_state();
  for (const auto& each : run_cases()) {
    INFO(text_of(each, "name"));
    auto data = data_of(each);
    auto message = message_of(each, data);
    if (each.as_object().contains("gas_needed")) {
      message.gas_limit = number_in(each, "gas_needed");
      check_outcome(*execute(state, message, block_of(each)), each);
      --message.gas_limit;
      auto short_of_gas = execute(state, message, block_of(each));
      if (short_of_gas) { // Else there wasn't even the intrinsic gas.
        CHECK_FALSE(short_of_gas->succeeded);
        CHECK(short_of_gas->gas_used == message.gas_limit);
      }
    }
    auto outcome = execute(state, message_of(each, data), block_of(each));
    state = applied(std::move(state), outcome->change);
  }
}

TEST_CASE("a commit takes at most 60,000 gas, and a trainer's update 65,000") {
  auto commit = to_0x(commit_round_calldata({})).substr(0, 10);
  auto submission = to_0x(submit_update_calldata({})).substr(0, 10);
  size_t commits = 0, submissions = 0;
  for (const auto& each : run_cases()) {
    INFO(text_of(each, "name"));
    auto data = text_of(each, "data");
    if (each.at("status") != 1)
      continue;
    if (data.starts_with(commit)) {
      CHECK(number_in(each, "gas_used") <= 60'000);
      ++commits;
    }
    if (data.starts_with(submission) && each.at("logs").as_array().size() == 1) { // No newcomer.
      CHECK(number_in(each, "gas_used") <= 65'000);
      ++submissions;
    }
  }
  CHECK(commits >= 10);
  CHECK(submissions >= 10);
}

TEST_CASE("the constructor leaves the code that deployed_code foretells") {
  const auto& created = case_named("deploy, gas just enough");
  auto data = data_of(created);
  auto outcome =
    execute(state_before("deploy, gas just enough"), message_of(created, data), block_of(created));
  REQUIRE(outcome);
  REQUIRE(outcome->contract);
  const auto& account = outcome->change.at(*outcome->contract);
  REQUIRE(account.code);
  CHECK(account.nonce == 1);
  auto when = block_of(created).block;
  CHECK(*account.code
        == deployed_code(*deployment_in(data), *outcome->contract, chain_id, when.number,
                         chain_seconds{when.timestamp}));
}

TEST_CASE("a run of more than 2^32 blocks ends, and nothing of it is overwritten") {
  const auto& commit = case_named("commit 1, gas just enough");
  auto state = state_before("commit 1, gas just enough");
  auto data = data_of(commit);
  auto message = message_of(commit, data);
  auto block = block_of(commit);
  block.block.number = number_in(case_named("commits: deploy"), "block") + UINT32_MAX;
  CHECK(execute(state, message, block)->succeeded);
  ++block.block.number;
  auto outcome = execute(state, message, block);
  REQUIRE(outcome);
  CHECK_FALSE(outcome->succeeded);
  CHECK(refusal_in(outcome->output) == std::string{"RunTooLong"});
}

TEST_CASE("a transaction that can't be in a block is refused with numbers") {
  auto state = state_before("commit 1, gas just enough");
  const auto& commit = case_named("commit 1, gas just enough");
  auto data = data_of(commit);
  auto why = [&](auto change) {
    auto message = message_of(commit, data);
    change(message);
    auto outcome = execute(state, message, block_of(commit));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == ec::rejected);
    return render(outcome.error());
  };
  CHECK_THAT(why([](auto& message) { ++message.nonce; }), Catch::Contains("next is"));
  CHECK_THAT(why([](auto& message) { --message.nonce; }), Catch::Contains("next is"));
  CHECK_THAT(why([](auto& message) { message.gas_limit = message.intrinsic_gas - 1; }),
             Catch::Contains("before any code runs"));
  CHECK_THAT(why([](auto& message) { message.max_gas_price = 1000 * ether; }),
             Catch::Contains("wei"));
  CHECK_THAT(why([](auto& message) { message.value = ~u256{}; }), Catch::Contains("wei"));
  CHECK_THAT(why([](auto& message) { message.to = std::nullopt; }),
             Catch::Contains("another contract"));
}

TEST_CASE("fees and value go from one account to another, and no wei is lost") {
  auto state = first_state();
  auto total = [](const embedded_state& in) {
    u256 sum;
    for (const auto& [who, account] : in)
      sum += account.balance;
    return sum;
  };
  const auto& any = case_named("deploy, gas just enough");
  auto sender = address_in(any, "from");
  rc::prop("a transfer", [&](uint32_t value, uint16_t price, bool to_itself) {
    embedded_message message;
    message.from = sender;
    message.to = to_itself ? sender : address{7};
    message.value = value;
    message.gas_limit = 50'000;
    message.intrinsic_gas = 21'000;
    message.gas_price = message.max_gas_price = price;
    embedded_block block{{chain_id, 1, 1}, address{9}};
    auto outcome = execute(state, message, block);
    RC_ASSERT(bool(outcome));
    auto after = applied(state, outcome->change);
    RC_ASSERT(outcome->succeeded && outcome->gas_used == 21'000u);
    RC_ASSERT(total(after) == total(state));
    RC_ASSERT(after.at(address{9}).balance == 21'000u * u256{price});
    RC_ASSERT(after.at(sender).nonce == 1u);
    RC_ASSERT(after.contains(address{7}) != to_itself);
    RC_ASSERT(after.at(*message.to).balance >= value);
  });
}

TEST_CASE("slots of an access list are warm") {
  const auto& commit = case_named("commit 2, gas just enough");
  auto state = state_before("commit 2, gas just enough");
  auto data = data_of(commit);
  auto message = message_of(commit, data);
  message.gas_limit = 100'000;
  auto cold = execute(state, message, block_of(commit));
  message.access_list[*message.to] = {0};
  auto warm = execute(state, message, block_of(commit));
  REQUIRE(cold);
  REQUIRE(warm);
  CHECK(cold->gas_used - warm->gas_used == 2'000); // EIP-2929: 2,100 and 100; the list isn't paid.
  message.access_list = {{address{1}, {0}}};
  CHECK(execute(state, message, block_of(commit))->gas_used == cold->gas_used);
}

TEST_CASE("a state that was cleared keeps no zeros") {
  auto state = state_before("transfer: taken back, gas just enough");
  auto contract = contract_of(case_named("transfer: taken back, gas just enough"));
  CHECK(state.at(contract).storage.contains(2));
  state = state_before("transfer once more");
  CHECK_FALSE(state.at(contract).storage.contains(2));
}

TEST_CASE("any calldata gives an outcome, and what isn't a success changes no contract") {
  auto state = state_before("commit 2, gas just enough");
  const auto& commit = case_named("commit 2, gas just enough");
  auto known = data_of(commit);
  rc::prop("a call", [&](bytes data, bool almost_known) {
    if (almost_known) {
      auto bit = *rc::gen::inRange<size_t>(0, 8 * known.size());
      data = known;
      data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
    auto message = message_of(commit, data);
    message.gas_limit = *rc::gen::inRange<uint64_t>(message.intrinsic_gas, 200'000);
    auto outcome = execute(state, message, block_of(commit));
    RC_ASSERT(bool(outcome));
    RC_ASSERT(outcome->gas_used <= message.gas_limit);
    RC_ASSERT(outcome->succeeded || !outcome->change.contains(*message.to));
    RC_ASSERT(outcome->succeeded || outcome->logs.empty());
  });
}
