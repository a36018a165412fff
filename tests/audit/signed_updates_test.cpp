#include "actors/audit/signed_updates.hpp"

#include "actors/audit/client_key.hpp"
#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <numeric>

using namespace flwr;

namespace {

constexpr client_id four{4};

content_id filled(uint8_t byte) {
  content_id id;
  id.digest.fill(byte);
  return id;
}

content_id id_of(uint8_t last) {
  content_id id;
  id.digest.back() = last;
  return id;
}

struct signed_update_fixture {
  signed_update_fixture() {
    std::iota(contract.begin(), contract.end(), uint8_t{0xc0});
    identity = identity_of(0x666c7772, contract, filled(0x11), filled(0x22), filled(0x33).digest);
    answer.round = 3;
    answer.base = id_of(1);
    answer.num_examples = 25'000;
    answer.model.id = id_of(2);
    answer.metrics = {{"loss", 1.0}};
    answer.signature = *sign_update(answer, four, identity, *key);
  }

  bool is_another_s(const fit_res& changed, client_id client, const run_identity& run) const {
    auto signer = signer_of(changed, client, run);
    return !signer || *signer != key->address();
  }

  signing_key_ptr key = *client_key(1, four);
  address contract{};
  run_identity identity;
  fit_res answer;
};

} // namespace

// Made with Python 3.11: RFC 6979 and the curve in plain integers, Keccak-256 of pycryptodome 3.23.
TEST_CASE_METHOD(signed_update_fixture, "a signed update is the one that Python signs") {
  CHECK(to_hex(identity.run) == "2b28b10e508803fbdceacb39fd39ff55ba8197d6bd1deb0ac4318857e98c858d");
  auto statement = statement_of(identity, four, answer);
  REQUIRE(statement);
  auto digest = digest_of(*statement, identity.domain);
  CHECK(to_hex(digest) == "7f8fe19af27622cc47cc36fc2f7cf059bf6b9767240b240d3d4b414ac7179dda");
  CHECK(to_hex(answer.signature)
        == "da60dd7f4b85bbbdbc5d16604b277cab10809ed805826f531cfe9f2f6146f8e6"
           "167fcb327ac4e709689cec57ca61d69d6928728d2daf131ba47284b00aa79e861b");
}

TEST_CASE_METHOD(signed_update_fixture, "a signed update names its signer") {
  CHECK(signer_of(answer, four, identity) == key->address());
  counted update{
    .model = answer.model.id, .num_examples = answer.num_examples, .metrics = answer.metrics};
  auto statement = statement_of(identity, 3, four, answer.base, update);
  REQUIRE(statement);
  CHECK(signer_of(*statement, answer.signature, identity) == key->address());
}

TEST_CASE_METHOD(signed_update_fixture, "a signature is good for nothing but its own update") {
  auto changed = answer;
  auto client = four;
  auto run = identity;
  SECTION("another round's") { changed.round = 4; }
  SECTION("another base's") { changed.base = id_of(7); }
  SECTION("another model's") { changed.model.id = id_of(7); }
  SECTION("more examples") { changed.num_examples += 1; }
  SECTION("other metrics") { changed.metrics["loss"] = 0.5; }
  SECTION("no metrics") { changed.metrics.clear(); }
  SECTION("another client's") { client = client_id{5}; }
  SECTION("another run's") {
    run = identity_of(0x666c7772, contract, filled(0x11), filled(0x22), filled(0x34).digest);
  }
  SECTION("another contract's") {
    contract[0] ^= 1;
    run = identity_of(0x666c7772, contract, filled(0x11), filled(0x22), filled(0x33).digest);
  }
  SECTION("another chain's") {
    run = identity_of(1, contract, filled(0x11), filled(0x22), filled(0x33).digest);
  }
  SECTION("another key's") {
    changed.signature = *sign_update(answer, four, identity, **client_key(2, four));
  }
  CHECK(is_another_s(changed, client, run));
}

TEST_CASE_METHOD(signed_update_fixture, "no bit of a signature can be flipped") {
  for (size_t bit = 0; bit < 8 * answer.signature.size(); ++bit) {
    auto changed = answer;
    changed.signature[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    CHECK(is_another_s(changed, four, identity));
  }
}

TEST_CASE_METHOD(signed_update_fixture, "a signature with a high s is nobody's") {
  const u256 order{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};
  auto low = *signature_from_bytes(answer.signature);
  answer.signature =
    to_bytes(signature{low.r, order - low.s, static_cast<uint8_t>(1 - low.parity)});
  auto signer = signer_of(answer, four, identity);
  REQUIRE_FALSE(signer);
  CHECK(signer.error() == ec::rejected);
  CHECK_THAT(render(signer.error()), Catch::Contains("the signature is nobody's"));
}

TEST_CASE_METHOD(signed_update_fixture, "what can't be signed is refused") {
  SECTION("a text beyond ASCII") { answer.metrics["note"] = std::string{"caf\xc3\xa9"}; }
  SECTION("a name beyond ASCII") { answer.metrics["caf\xc3\xa9"] = 1.0; }
  SECTION("a negative number of examples") { answer.num_examples = -1; }
  CHECK(sign_update(answer, four, identity, *key).error() == ec::rejected);
  CHECK(signer_of(answer, four, identity).error() == ec::rejected);
}

TEST_CASE_METHOD(signed_update_fixture, "any answer's signature names its signer") {
  rc::prop("sign, recover", [this](uint64_t round, uint64_t client, const hash256& base,
                                   const hash256& model, uint32_t examples) {
    fit_res any;
    any.round = round;
    any.base.digest = base;
    any.model.id.digest = model;
    any.num_examples = examples;
    any.signature = *sign_update(any, client_id{client}, identity, *key);
    RC_ASSERT(signer_of(any, client_id{client}, identity) == key->address());
  });
}
