#include "actors/chain/keystore.hpp"

#include "actors/chain/account.hpp"
#include "actors/chain/address.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <functional>
#include <numeric>

using namespace flwr;
using namespace flwr::test;

namespace {

const scrypt_cost cheap{2, 1, 1};

keystore_randomness counting_randomness() {
  keystore_randomness random;
  std::iota(random.salt.begin(), random.salt.end(), uint8_t{1});
  std::iota(random.iv.begin(), random.iv.end(), uint8_t{101});
  random.id.fill(0xff);
  return random;
}

hash256 secret_of(uint8_t byte) {
  hash256 secret;
  secret.fill(byte);
  return secret;
}

std::string sealed(const hash256& secret, std::string_view password) {
  auto file = seal_keystore(secret, {}, password, counting_randomness(), cheap);
  REQUIRE(file);
  return *file;
}

/// A file of the vectors that opens fast, for changes; its password is "testpassword".
boost::json::object light_file(std::string_view name) {
  for (const auto& each : load_cases("keystore"))
    if (text_of(each, "name") == name)
      return each.at("keystore").as_object();
  FAIL("no case " << name);
  return {};
}

caf::error refusal(std::string_view json, std::string_view password = "testpassword") {
  auto secret = open_keystore(json, password);
  REQUIRE_FALSE(secret);
  return secret.error();
}

} // namespace

TEST_CASE("key files of the vectors are opened with their password") {
  for (const auto& each : load_cases("keystore")) {
    if (!each.at("valid").as_bool())
      continue;
    INFO(text_of(each, "name"));
    auto file = boost::json::serialize(each.at("keystore"));
    auto secret = open_keystore(file, text_of(each, "password"));
    REQUIRE(secret);
    CHECK(to_0x(*secret) == text_of(each, "private_key"));
    auto key = signing_key::from_bytes(*secret);
    REQUIRE(key);
    CHECK((*key)->address() == fixed_of<address>(each, "address"));
  }
}

TEST_CASE("key files of the vectors that are wrong are refused") {
  for (const auto& each : load_cases("keystore")) {
    if (each.at("valid").as_bool())
      continue;
    INFO(text_of(each, "name"));
    auto reason = text_of(each, "reason");
    auto err = refusal(boost::json::serialize(each.at("keystore")), text_of(each, "password"));
    CHECK((err == ec::corrupt) == (reason == "malformed"));
    CHECK((err == ec::rejected) == (reason != "malformed"));
  }
}

TEST_CASE("a sealed key opens with its password only") {
  auto file = sealed(secret_of(0x11), "password");
  auto secret = open_keystore(file, "password");
  REQUIRE(secret);
  CHECK(to_hex(*secret) == to_hex(secret_of(0x11)));
  CHECK_THAT(render(refusal(file, "passwore")), Catch::Contains("password"));
}

TEST_CASE("a sealed key file has the members that other programs look for") {
  address owner;
  owner.fill(0xaa);
  auto file = seal_keystore(secret_of(1), owner, "password", counting_randomness(), cheap);
  REQUIRE(file);
  auto json = boost::json::parse(*file);
  CHECK(text_of(json, "address") == to_hex(owner));
  CHECK(text_of(json, "id") == "ffffffff-ffff-4fff-bfff-ffffffffffff");
  CHECK(json.at("version") == 3);
  CHECK(json.at("crypto").at("kdfparams").at("n") == 2);
  CHECK(text_of(json.at("crypto"), "kdf") == "scrypt");
  CHECK(text_of(json.at("crypto"), "cipher") == "aes-128-ctr");
}

TEST_CASE("any secret survives sealing under any password") {
  rc::prop("opening gives what was sealed", [](const hash256& secret, const std::string& password) {
    auto found = open_keystore(sealed(secret, password), password);
    RC_ASSERT(bool{found});
    RC_ASSERT(std::ranges::equal(*found, secret));
  });
}

TEST_CASE("a key isn't sealed at a cost that wouldn't be opened") {
  auto cost =
    GENERATE(as<scrypt_cost>{}, scrypt_cost{3, 8, 1}, scrypt_cost{1, 8, 1}, scrypt_cost{0, 8, 1},
             scrypt_cost{1 << 20, 8, 1}, scrypt_cost{2, 0, 1}, scrypt_cost{2, 8, 0},
             scrypt_cost{2, 8, 17}, scrypt_cost{uint64_t{1} << 63, uint64_t{1} << 63, 16});
  auto file = seal_keystore(secret_of(1), {}, "", counting_randomness(), cost);
  REQUIRE_FALSE(file);
  CHECK(file.error() == ec::rejected);
}

TEST_CASE("hostile costs of key files are refused") {
  auto [kdf, member, value] = GENERATE(table<std::string, std::string, std::string>({
    {"light-scrypt", "n", "1"},
    {"light-scrypt", "n", "0"},
    {"light-scrypt", "n", "-2"},
    {"light-scrypt", "n", "1048576"}, // 1 GiB at r = 8.
    {"light-scrypt", "n", "18446744073709551616"},
    {"light-scrypt", "n", "1e300"},
    {"light-scrypt", "n", "\"2\""},
    {"light-scrypt", "r", "0"},
    {"light-scrypt", "r", "4194304"},
    {"light-scrypt", "r", "1152921504606846976"},
    {"light-scrypt", "p", "0"},
    {"light-scrypt", "p", "17"},
    {"light-scrypt", "dklen", "33"},
    {"light-scrypt", "dklen", "null"},
    {"light-pbkdf2", "c", "0"},
    {"light-pbkdf2", "c", "4294967296"},
    {"light-pbkdf2", "c", "10000001"},
    {"light-pbkdf2", "prf", "\"hmac-sha512\""},
  }));
  INFO(kdf << ": " << member << " is " << value);
  auto file = light_file(kdf);
  file["crypto"].as_object()["kdfparams"].as_object()[member] = boost::json::parse(value);
  auto err = refusal(boost::json::serialize(file));
  CHECK(err == ec::rejected);
  CHECK_THAT(render(err), Catch::Contains("kdfparams."));
}

TEST_CASE("a key file without one of its members is refused, and the words name it") {
  auto name =
    GENERATE(as<std::string>{}, "cipher", "ciphertext", "cipherparams", "kdf", "kdfparams", "mac");
  INFO(name);
  auto file = light_file("light-scrypt");
  file["crypto"].as_object().erase(name);
  CHECK_THAT(render(refusal(boost::json::serialize(file))), Catch::Contains("crypto." + name));
}

TEST_CASE("texts that are no key files are refused") {
  auto text = GENERATE(as<std::string>{}, "", "{", "[]", "3", "null", "{}", "{\"version\":3}",
                       "{\"version\":3,\"crypto\":[]}", "{} {}");
  INFO(text);
  CHECK(code_of(refusal(text)) != ec::bug);
  CHECK_THAT(render(refusal(text)), Catch::StartsWith("key file: "));
}

TEST_CASE("key files that are too long or too deep are refused") {
  auto file = boost::json::serialize(light_file("light-scrypt"));
  file.resize(max_keystore_bytes, ' ');
  CHECK(open_keystore(file, "testpassword"));
  file += ' ';
  CHECK_THAT(render(refusal(file)), Catch::Contains("longer than"));
  CHECK(refusal(std::string(20'000, '[')) == ec::corrupt);
}

TEST_CASE("no flipped bit of a key file gives another key") {
  auto file = sealed(secret_of(0x5a), "password");
  rc::prop("the key, or none", [&] {
    auto changed = file;
    auto bit = *rc::gen::inRange<size_t>(0, 8 * file.size());
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    auto secret = open_keystore(changed, "password");
    // The IV isn't authenticated: only the address tells that it was changed.
    auto iv_at = file.find("\"iv\":\"") + 6;
    RC_PRE(bit / 8 < iv_at || bit / 8 >= iv_at + 32);
    RC_ASSERT(!secret || std::ranges::equal(*secret, secret_of(0x5a)));
  });
}

TEST_CASE("a key file's address is read without its password, if it says one") {
  for (const auto& each : load_cases("keystore")) {
    const auto& file = each.at("keystore").as_object();
    if (!each.at("valid").as_bool() || !file.contains("address"))
      continue;
    INFO(text_of(each, "name"));
    auto owner = keystore_owner(serialize(file));
    REQUIRE(owner);
    CHECK(to_text(*owner) == text_of(each, "address"));
  }
  for (auto text : {"", "[]", "{}", R"({"address":1})", R"({"address":"12"})"}) {
    auto refused = keystore_owner(text);
    REQUIRE_FALSE(refused);
    CHECK(code_of(refused.error()) == ec::corrupt);
  }
}
