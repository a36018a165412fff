#include "actors/chain/bip39.hpp"

#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

const std::string zoo = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

std::string why_refused(std::string_view mnemonic) {
  auto entropy = entropy_of(mnemonic);
  REQUIRE_FALSE(entropy);
  CHECK(entropy.error() == ec::rejected);
  CHECK_FALSE(seed_of(mnemonic));
  return render(entropy.error());
}

} // namespace

TEST_CASE("mnemonics of the vectors stand for their entropy and seed") {
  for (const auto& each : cases_of("hd-wallets", "seed")) {
    INFO(text_of(each, "name"));
    auto mnemonic = text_of(each, "mnemonic");
    auto entropy = entropy_of(mnemonic);
    REQUIRE(entropy);
    CHECK(to_0x(*entropy) == text_of(each, "entropy"));
    CHECK(mnemonic_of(*entropy) == mnemonic);
    auto seed = seed_of(mnemonic, text_of(each, "passphrase"));
    REQUIRE(seed);
    CHECK(to_0x(*seed) == text_of(each, "seed"));
  }
}

TEST_CASE("mnemonics of the vectors that are wrong are refused") {
  for (const auto& each : cases_of("hd-wallets", "invalid")) {
    INFO(text_of(each, "name"));
    why_refused(text_of(each, "mnemonic"));
  }
}

TEST_CASE("a refused mnemonic says why, and none of its words") {
  CHECK_THAT(why_refused("zoo zoo"), Catch::Contains("2 words"));
  CHECK_THAT(why_refused(zoo + " zoo"), Catch::Contains("13 words"));
  CHECK_THAT(why_refused("zoo zoo flowex"), Catch::Contains("word 3 isn't"));
  CHECK_THAT(why_refused("zoo ZOO"), Catch::Contains("word 2 isn't"));
  CHECK_THAT(why_refused("zoo" + zoo), Catch::Contains("word 1 isn't"));
  CHECK_THAT(why_refused(zoo + " " + zoo + " zoo"), Catch::Contains("word 25"));
  CHECK_THAT(why_refused("wrong zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo"),
             Catch::Contains("checksum"));
}

TEST_CASE("white space around words doesn't count") {
  auto seed = seed_of(zoo);
  REQUIRE(seed);
  auto other = seed_of("  zoo zoo zoo\tzoo zoo zoo\r\nzoo  zoo zoo zoo zoo wrong\n");
  REQUIRE(other);
  CHECK(*seed == *other);
}

TEST_CASE("a passphrase is one in any normal form, and must be UTF-8") {
  auto composed = seed_of(zoo, "caf\xc3\xa9");
  auto decomposed = seed_of(zoo, "cafe\xcc\x81");
  REQUIRE(composed);
  REQUIRE(decomposed);
  CHECK(*composed == *decomposed);
  auto latin = seed_of(zoo, "caf\xe9");
  REQUIRE_FALSE(latin);
  CHECK(latin.error() == ec::rejected);
  CHECK_FALSE(seed_of(zoo, std::string(max_passphrase_bytes + 1, 'a')));
}

TEST_CASE("entropy of another length has no mnemonic") {
  for (size_t size : {0, 12, 15, 17, 36}) {
    auto mnemonic = mnemonic_of(bytes(size));
    REQUIRE_FALSE(mnemonic);
    CHECK(mnemonic.error() == ec::usage);
  }
}

TEST_CASE("any entropy survives its mnemonic") {
  rc::prop("entropy_of gives what mnemonic_of took", [] {
    auto size = *rc::gen::element<size_t>(16, 20, 24, 28, 32);
    auto entropy = *rc::gen::container<bytes>(size, rc::gen::arbitrary<uint8_t>());
    auto mnemonic = mnemonic_of(entropy);
    RC_ASSERT(bool{mnemonic});
    auto back = entropy_of(*mnemonic);
    RC_ASSERT(bool{back});
    RC_ASSERT(std::ranges::equal(*back, entropy));
  });
}
