#include "actors/chain/account.hpp"

#include "actors/chain/address.hpp"
#include "actors/hash/keccak256.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <concepts>
#include <ostream>
#include <thread>

using namespace flwr;
using namespace flwr::test;

namespace {

const u256 order{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};

signing_key_ptr key_of(const boost::json::value& each) {
  auto key = signing_key::from_bytes(unhex(text_of(each, "private_key")));
  REQUIRE(key);
  return *key;
}

/// The key whose bytes are all `filling`.
signing_key_ptr key_of(uint8_t filling) { return *signing_key::from_bytes(bytes(32, filling)); }

template <class T>
concept printable = requires(std::ostream& to, const T& value) {
  to << value;
};

} // namespace

TEST_CASE("private keys of the vectors have their public keys and addresses") {
  for (const auto& each : cases_of("accounts", "private_key")) {
    INFO(text_of(each, "name"));
    auto key = key_of(each);
    CHECK("0x04" + to_hex(key->public_key()) == text_of(each, "public_key"));
    CHECK(to_0x(compressed(key->public_key())) == text_of(each, "public_key_compressed"));
    CHECK(to_text(key->address()) == text_of(each, "address"));
    CHECK(address_of(key->public_key()) == key->address());
    CHECK(to_0x(key->secret_bytes()) == text_of(each, "private_key"));
  }
}

TEST_CASE("private keys of the vectors that are none are refused, and not repeated") {
  for (const auto& each : cases_of("accounts", "private_key_invalid")) {
    INFO(text_of(each, "name"));
    auto secret = unhex(text_of(each, "private_key"));
    auto key = signing_key::from_bytes(secret);
    REQUIRE_FALSE(key);
    CHECK(key.error() == ec::rejected);
    CHECK_THAT(render(key.error()), !Catch::Contains(to_hex(secret)));
  }
  CHECK_FALSE(signing_key::from_bytes({}));
  CHECK_FALSE(signing_key::from_bytes(bytes(33, 1)));
}

TEST_CASE("a private key can't be copied or printed") {
  STATIC_REQUIRE_FALSE(std::copyable<signing_key>);
  STATIC_REQUIRE_FALSE(std::movable<signing_key>);
  STATIC_REQUIRE_FALSE(printable<signing_key>);
}

TEST_CASE("signing is deterministic, and anybody can say who signed") {
  rc::prop("recover finds the signer", [](const hash256& digest) {
    auto key = key_of(*rc::gen::inRange<uint8_t>(1, 255));
    auto made = key->sign(digest);
    RC_ASSERT(made == key->sign(digest));
    RC_ASSERT(made.s <= order / 2);
    RC_ASSERT(recover(digest, made) == key->address());
    RC_ASSERT(signature_from_bytes(to_bytes(made)) == made);
  });
}

TEST_CASE("a signature of another digest, or a broken one, is not the signer's") {
  rc::prop("any bit counts", [](hash256 digest) {
    auto key = key_of(0x42);
    auto raw = to_bytes(key->sign(digest));
    auto bit = *rc::gen::inRange<size_t>(0, 512);
    raw[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    auto broken = signature_from_bytes(raw);
    RC_ASSERT(broken.has_value());
    RC_ASSERT(recover(digest, *broken) != key->address());
    auto whole = key->sign(digest);
    digest[bit % 32] ^= 1;
    RC_ASSERT(recover(digest, whole) != key->address());
  });
}

TEST_CASE("a signature is 65 bytes whose last one is 27 or 28") {
  auto raw = to_bytes(key_of(1)->sign(keccak256(bytes{})));
  CHECK(signature_from_bytes(raw));
  for (auto last : {0, 1, 26, 29, 37, 255}) {
    auto other = raw;
    other.back() = static_cast<uint8_t>(last);
    CHECK_FALSE(signature_from_bytes(other));
  }
  CHECK_FALSE(signature_from_bytes(std::span{raw}.first(64)));
  CHECK_FALSE(signature_from_bytes({}));
}

TEST_CASE("a signature with r or s out of range, or the higher s, is nobody's") {
  auto key = key_of(7);
  auto digest = keccak256(bytes{});
  auto good = key->sign(digest);
  REQUIRE(recover(digest, good) == key->address());
  auto parity = static_cast<uint8_t>(1 - good.parity);
  CHECK_FALSE(recover(digest, {good.r, order - good.s, parity})); // As good, but for EIP-2.
  CHECK_FALSE(recover(digest, {0, good.s, good.parity}));
  CHECK_FALSE(recover(digest, {good.r, 0, good.parity}));
  CHECK_FALSE(recover(digest, {order, good.s, good.parity}));
  CHECK_FALSE(recover(digest, {good.r, order, good.parity}));
  CHECK_FALSE(recover(digest, {~u256{0}, good.s, good.parity}));
  CHECK_FALSE(recover(digest, {good.r, good.s, 2}));
}

TEST_CASE("threads sign and recover at once") {
  auto digest = keccak256(bytes{});
  std::array<size_t, 4> right{};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < right.size(); ++i)
    threads.emplace_back([&, i] {
      auto key = key_of(static_cast<uint8_t>(i + 1));
      for (int n = 0; n < 50; ++n)
        right[i] += recover(digest, key->sign(digest)) == key->address();
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(right == std::array<size_t, 4>{50, 50, 50, 50});
}
