#include "actors/hash/key_derivation.hpp"

#include "actors/hash/aes_ctr.hpp"
#include "actors/hash/hex.hpp"
#include "messages/types.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace flwr;

namespace {

std::span<const uint8_t> span_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string hex_of(const expected<secret_bytes>& key) {
  REQUIRE(key);
  return to_hex(*key);
}

std::array<uint8_t, 16> sixteen(std::string_view hex) {
  auto raw = from_hex(hex).value();
  REQUIRE(raw.size() == 16);
  std::array<uint8_t, 16> block{};
  std::ranges::copy(raw, block.begin());
  return block;
}

} // namespace

TEST_CASE("scrypt gives the keys of RFC 7914, section 12") {
  CHECK(hex_of(scrypt("", {}, {16, 1, 1}, 64))
        == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
           "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  CHECK(hex_of(scrypt("password", span_of("NaCl"), {1024, 8, 16}, 64))
        == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
           "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

TEST_CASE("scrypt refuses a cost that breaks its rules") {
  for (uint64_t n : {0, 1, 3}) {
    auto key = scrypt("password", span_of("NaCl"), {n, 8, 1}, 32);
    REQUIRE_FALSE(key);
    CHECK(key.error() == ec::rejected);
  }
}

TEST_CASE("PBKDF2 with SHA-256 gives the keys of RFC 7914, section 11") {
  CHECK(hex_of(pbkdf2_sha256("passwd", span_of("salt"), 1, 64))
        == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
           "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
  CHECK(hex_of(pbkdf2_sha256("Password", span_of("NaCl"), 80000, 64))
        == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
           "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

// Made with hashlib.pbkdf2_hmac of Python 3.11.
TEST_CASE("PBKDF2 with SHA-512 gives hashlib's key") {
  CHECK(hex_of(pbkdf2_sha512("password", span_of("salt"), 2, 64))
        == "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c"
           "f76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e");
}

TEST_CASE("HKDF with SHA-256 gives the keys of RFC 5869, cases 1, 2 and 3") {
  auto row = [](int first, int last) {
    bytes values;
    for (int value = first; value <= last; ++value)
      values.push_back(static_cast<uint8_t>(value));
    return values;
  };
  CHECK(hex_of(hkdf_sha256(bytes(22, 0x0b), row(0x00, 0x0c), row(0xf0, 0xf9), 42))
        == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
           "34007208d5b887185865");
  CHECK(hex_of(hkdf_sha256(row(0x00, 0x4f), row(0x60, 0xaf), row(0xb0, 0xff), 82))
        == "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
           "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
           "cc30c58179ec3e87c14c01d5c1f3434f1d87");
  CHECK(hex_of(hkdf_sha256(bytes(22, 0x0b), {}, {}, 42))
        == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
           "9d201395faa4b61a96c8");
}

TEST_CASE("HKDF refuses to give more than 255 hashes, or to begin with nothing") {
  CHECK(hkdf_sha256(bytes{1}, {}, {}, 255 * 32));
  CHECK(hkdf_sha256(bytes{1}, {}, {}, 255 * 32 + 1).error() == ec::rejected);
  CHECK(hkdf_sha256({}, {}, {}, 32).error() == ec::rejected);
}

TEST_CASE("HMAC-SHA-512 gives the codes of RFC 4231, cases 1 and 2") {
  CHECK(to_hex(hmac_sha512(std::vector<uint8_t>(20, 0x0b), span_of("Hi There")))
        == "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
           "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  CHECK(to_hex(hmac_sha512(span_of("Jefe"), span_of("what do ya want for nothing?")))
        == "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
           "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST_CASE("AES-128 in counter mode gives the blocks of NIST SP 800-38A, F.5.1") {
  auto key = sixteen("2b7e151628aed2a6abf7158809cf4f3c");
  auto counter = sixteen("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  auto data = from_hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51").value();
  aes128_ctr(key, counter, data);
  CHECK(to_hex(data) == "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff");
  aes128_ctr(key, counter, data);
  CHECK(to_hex(data) == "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
}

TEST_CASE("secrets are equal byte by byte, and gone when wiped") {
  secret_bytes secret{1, 2, 3};
  CHECK(equal_secrets(secret, secret_bytes{1, 2, 3}));
  CHECK_FALSE(equal_secrets(secret, secret_bytes{1, 2, 4}));
  CHECK_FALSE(equal_secrets(secret, secret_bytes{1, 2}));
  CHECK(equal_secrets({}, {}));
  wipe(secret.data(), secret.size());
  CHECK(secret == secret_bytes{0, 0, 0});
}
