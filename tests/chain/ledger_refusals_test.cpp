/// Bad input of every kind, with the outcome that docs/protocol.md, section 7, has for it.
#include "actors/chain/abi_words.hpp"
#include "actors/chain/run_events.hpp"
#include "tests/chain/ledger_fixture.hpp"

#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;
using Catch::StartsWith;

namespace {

/// A ledger with the contract and one committed round.
struct run_fixture : ledger_fixture {
  run_fixture() {
    executed(deployment());
    executed(commit_of(1));
  }

  transaction call_with(bytes data, unsigned key = 0) const {
    return new_transaction(ledger->nonce(dev_key(key)->address()), contract_address(),
                           std::move(data));
  }

  /// Takes a call that the contract won't have: status 0, nonce taken. Answers why.
  std::string reverted(const transaction& tx, unsigned key = 0) {
    auto who = dev_key(key)->address();
    auto nonce = ledger->nonce(who);
    auto made = executed(sign(tx, *dev_key(key)));
    CHECK_FALSE(made.succeeded);
    CHECK(made.logs.empty());
    CHECK(made.gas_used >= 21'000);
    CHECK(ledger->nonce(who) == nonce + 1);
    auto head = ledger->blocks().head().place.number;
    auto answer = ledger->call({who, tx.to, tx.data, head});
    return answer ? "answered" : render(answer.error());
  }

  std::string commit_reverted(const round_commitment& what, unsigned key = 0) {
    return reverted(call_with(commit_round_calldata(what), key), key);
  }
};

constexpr auto wordless = "execution reverted: refused without a word";

} // namespace

TEST_CASE_METHOD(run_fixture, "what no block can have is refused, and nothing changes") {
  auto head = ledger->blocks().head().place;
  auto good = call_with(take_over_calldata());

  SECTION("a nonce that is used") {
    good.nonce = 1;
    CHECK_THAT(refusal_of(good), StartsWith("nonce too low: next nonce 2, tx nonce 1"));
  }
  SECTION("the last nonce of all") {
    good.nonce = UINT64_MAX;
    CHECK_THAT(refusal_of(good), StartsWith("nonce has max value"));
  }
  SECTION("a signature of nobody") {
    auto tx = sign(good, *dev_key(0));
    std::fill(tx.raw.end() - 32, tx.raw.end(), uint8_t{0xff});
    CHECK_THAT(refusal_of(tx), Catch::Contains("invalid sender"));
  }
  SECTION("another chain's id, or none") {
    good.chain_id = 1;
    CHECK_THAT(refusal_of(good), StartsWith("invalid chain id for signer: have 1, want"));
    good.type = tx_type::legacy;
    good.chain_id.reset();
    CHECK_THAT(refusal_of(good), StartsWith("only replay-protected (EIP-155)"));
  }
  SECTION("too little gas for its bytes, or more than a block has") {
    good.gas_limit = 21'000;
    CHECK_THAT(refusal_of(good), StartsWith("intrinsic gas too low: have 21000, want"));
    good.gas_limit = block_gas_limit + 1;
    CHECK_THAT(refusal_of(good), StartsWith("exceeds block gas limit"));
  }
  SECTION("more ether than there is") {
    good.value = 1'000'001 * ether;
    CHECK_THAT(refusal_of(good), StartsWith("insufficient funds for gas * price + value"));
    good.value = 0;
    good.max_fee_per_gas = ether * ether;
    CHECK_THAT(refusal_of(good), StartsWith("insufficient funds for gas * price + value"));
    good.max_fee_per_gas = ~u256{0};
    CHECK_THAT(refusal_of(good), StartsWith("gas limit times fee"));
  }
  SECTION("a priority fee above the whole one") {
    good.max_priority_fee_per_gas = 1;
    CHECK_THAT(refusal_of(good), StartsWith("max priority fee per gas higher than max fee"));
  }
  SECTION("bytes that are no transaction") {
    CHECK_THAT(refusal_of(bytes{}), StartsWith("no signed transaction"));
    CHECK_THAT(refusal_of(bytes(200, 0xff)), StartsWith("no signed transaction"));
    CHECK_THAT(refusal_of(bytes(1 << 18, 0x02)), StartsWith("no signed transaction"));
    CHECK_THAT(refusal_of(bytes{0x03, 0xc0}), StartsWith("transactions of type 3"));
    auto raw = sign(good, *dev_key(0)).raw;
    for (size_t size = 0; size < raw.size(); ++size)
      CHECK_FALSE(ledger->submit(std::span{raw}.first(size)));
    raw.push_back(0);
    CHECK_THAT(refusal_of(raw), Catch::Contains("bytes follow"));
  }
  SECTION("a creation of another contract") {
    good.to.reset();
    good.gas_limit = 1'000'000;
    CHECK_THAT(refusal_of(good), Catch::Contains("isn't this version's FederatedRun"));
    good.data = deployment_data(usual_terms());
    good.data[100] ^= 1;
    CHECK_THAT(refusal_of(good), Catch::Contains("isn't this version's FederatedRun"));
  }

  CHECK(ledger->ready_count() == 0);
  auto block = ledger->seal(now);
  REQUIRE(block);
  CHECK_FALSE(*block);
  CHECK(ledger->blocks().head().place == head);
}

TEST_CASE_METHOD(run_fixture, "a transaction with a flipped bit is another's, or none") {
  auto good = sign(call_with(commit_round_calldata(commitment_of(2))), *dev_key(0));
  rc::prop("never the owner's", [&] {
    auto raw = good.raw;
    auto bit = *rc::gen::inRange<size_t>(0, 8 * raw.size());
    raw[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    auto tx = decode_transaction(raw);
    RC_ASSERT(!tx || tx->sender != good.sender);
    RC_ASSERT(!ledger->submit(raw) || tx->sender != good.sender);
  });
}

TEST_CASE_METHOD(run_fixture, "calls that the contract can't read are mined and revert") {
  auto commit = commit_round_calldata(commitment_of(2));
  SECTION("an unknown selector") {
    CHECK_THAT(reverted(call_with({0xde, 0xad, 0xbe, 0xef})), StartsWith(wordless));
  }
  SECTION("no selector") { CHECK_THAT(reverted(call_with({0x01})), StartsWith(wordless)); }
  SECTION("short arguments") {
    commit.pop_back();
    CHECK_THAT(reverted(call_with(commit)), StartsWith(wordless));
  }
  SECTION("dirty arguments") {
    commit[4] = 1; // Above the round's 64 bits.
    CHECK_THAT(reverted(call_with(commit)), StartsWith(wordless));
  }
  SECTION("ether sent along") {
    auto tx = call_with(commit);
    tx.value = 1;
    CHECK_FALSE(executed(sign(tx, *dev_key(0))).succeeded);
  }
  CHECK(executed(sign(call_with(commit_round_calldata(commitment_of(2))), *dev_key(0))).succeeded);
}

TEST_CASE_METHOD(run_fixture, "bytes behind the arguments don't matter") {
  auto data = commit_round_calldata(commitment_of(2));
  data.insert(data.end(), 7, 0xee);
  CHECK(executed(sign(call_with(data), *dev_key(0))).succeeded);
}

TEST_CASE_METHOD(run_fixture, "the contract's own refusals are mined with their words") {
  auto next = commitment_of(2);
  SECTION("a repeated round") {
    CHECK_THAT(commit_reverted(commitment_of(1)), StartsWith("execution reverted: WrongRound("));
  }
  SECTION("a skipped round") {
    CHECK_THAT(commit_reverted(commitment_of(3)), StartsWith("execution reverted: WrongRound("));
  }
  SECTION("another base") {
    next.base = filled(0x99);
    CHECK_THAT(commit_reverted(next), StartsWith("execution reverted: WrongBase("));
  }
  SECTION("a stranger's commit") {
    CHECK_THAT(commit_reverted(next, 3), StartsWith("execution reverted: NotAggregator("));
  }
  SECTION("a takeover too early") {
    CHECK_THAT(reverted(call_with(take_over_calldata(), 2), 2),
               StartsWith("execution reverted: TooEarly("));
  }
  SECTION("501 trainers") {
    bytes data{0, 0, 0, 0};
    auto first = selector_of("addTrainers(address[])");
    std::ranges::copy(first, data.begin());
    append_words(data, uint64_t{32}, uint64_t{501});
    for (uint64_t i = 1; i <= 501; ++i)
      append_words(data, i);
    auto tx = call_with(data);
    tx.gas_limit = 4'000'000;
    CHECK_THAT(reverted(tx), StartsWith("execution reverted: TooMany"));
  }
  CHECK(executed(sign(call_with(commit_round_calldata(commitment_of(2))), *dev_key(0))).succeeded);
}

TEST_CASE_METHOD(run_fixture, "the standby takes over in time") {
  now = chain_seconds{ledger->blocks().head().header.timestamp + 100};
  CHECK(executed(sign(call_with(take_over_calldata(), 2), *dev_key(2))).succeeded);
  CHECK_THAT(commit_reverted(commitment_of(2)), StartsWith("execution reverted: NotAggregator("));
}

TEST_CASE_METHOD(run_fixture, "a creation whose arguments are bad is mined and creates nothing") {
  auto terms = usual_terms();
  terms.genesis.digest = {};
  auto tx = call_with(deployment_data(terms));
  tx.to.reset();
  tx.gas_limit = 2'000'000;
  auto made = executed(sign(tx, *dev_key(0)));
  CHECK_FALSE(made.succeeded);
  CHECK_FALSE(made.contract);
}

TEST_CASE_METHOD(run_fixture, "a second creation is another run, in another place") {
  auto made = executed(deployment(2));
  CHECK(made.succeeded);
  CHECK(made.contract == contract_address(2));
  CHECK(made.contract != contract_address());
}
