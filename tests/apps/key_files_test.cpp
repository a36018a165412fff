#include "apps/key_files.hpp"

#include "tests/apps/key_fixture.hpp"

#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;

namespace {

const scrypt_cost cheap{2, 1, 1};

private_text text_in_memory(std::string_view text) {
  return {"memory.key", {text.begin(), text.end()}};
}

signing_key_ptr key_from(const bytes& secret) {
  auto key = signing_key::from_bytes(secret);
  REQUIRE(key);
  return *key;
}

} // namespace

TEST_CASE("published private keys are read from files of hex digits") {
  for (const auto& each : load_cases("accounts")) {
    if (text_of(each, "kind") != "private_key")
      continue;
    INFO(text_of(each, "name"));
    auto key = plain_key(text_in_memory(text_of(each, "private_key") + "\n"));
    REQUIRE(key);
    CHECK(to_text((*key)->address()) == text_of(each, "address"));
  }
}

TEST_CASE("published numbers that are no private key are refused in files too") {
  for (const auto& each : load_cases("accounts")) {
    if (text_of(each, "kind") != "private_key_invalid")
      continue;
    INFO(text_of(each, "name"));
    auto refused = error_of(plain_key(text_in_memory(text_of(each, "private_key"))));
    CHECK_THAT(render(refused), Contains("memory.key: "));
  }
}

TEST_CASE("digits may have 0x before and white space behind them") {
  auto key = published();
  for (const auto& text :
       {key.digits, "0x" + key.digits, key.digits + "\n", key.digits + " \r\n\n"})
    CHECK(to_text((*plain_key(text_in_memory(text)))->address()) == key.address);
}

TEST_CASE("a damaged file of digits is refused with the place, and not with what is there") {
  auto digits = published().digits;
  const std::tuple<std::string, std::string> cases[] = {
    {"", "0 hex digits"},
    {"\n", "0 hex digits"},
    {"0x", "0 hex digits"},
    {"0x\n", "0 hex digits"},
    {digits.substr(1), "63 hex digits"},
    {digits + "1", "65 hex digits"},
    {" " + digits, "byte 1 is no hex digit"},
    {"0X" + digits.substr(2), "byte 2 is no hex digit"},
    {digits.substr(0, 20) + "g" + digits.substr(21), "byte 21 is no hex digit"},
    {"0x" + digits.substr(0, 20) + "g" + digits.substr(21), "byte 23 is no hex digit"},
    {digits + "\n" + digits, "byte 65 is no hex digit"},
    {std::string(64, '\0'), "byte 1 is no hex digit"},
  };
  for (const auto& [text, why] : cases) {
    INFO(text);
    auto refused = error_of(plain_key(text_in_memory(text)));
    CHECK(code_of(refused) == ec::corrupt);
    CHECK_THAT(render(refused), Contains("memory.key: " + why) && !Contains(digits.substr(30)));
  }
}

TEST_CASE("digits that others may read are refused, an encrypted file isn't") {
  auto exposed = text_in_memory(published().digits);
  exposed.exposed = true;
  CHECK_THAT(render(error_of(plain_key(exposed))), Contains("chmod 600 memory.key"));
  auto sealed = text_in_memory(published().sealed);
  sealed.exposed = true;
  CHECK(key_of(sealed, typing({"testpassword"})));
}

TEST_CASE("an encrypted file is known by its first character") {
  CHECK(is_sealed("{"));
  CHECK(is_sealed(" \r\n\t{}"));
  for (auto text : {"", " ", "0", "[{}]"})
    CHECK_FALSE(is_sealed(text));
}

TEST_CASE("published key files open with their password, by scrypt and by PBKDF2") {
  for (auto name : {"light-scrypt", "light-pbkdf2"}) {
    auto key = key_of(text_in_memory(published(name).sealed), typing({"testpassword"}));
    REQUIRE(key);
    CHECK(to_text((*key)->address()) == published(name).address);
  }
}

TEST_CASE("published key files that have to be refused are, by name") {
  for (const auto& each : load_cases("keystore")) {
    if (each.at("valid").as_bool())
      continue;
    INFO(text_of(each, "name"));
    auto file = text_in_memory(boost::json::serialize(each.at("keystore")));
    auto refused = error_of(unsealed_key(file, text_of(each, "password")));
    CHECK((code_of(refused) == ec::rejected || code_of(refused) == ec::corrupt));
    CHECK_THAT(render(refused), Contains("memory.key: key file: "));
  }
}

TEST_CASE("a key file for another account than it says is refused") {
  auto file = keystore_case("light-scrypt").at("keystore").as_object();
  file["address"] = "1563915e194d8cfba1943570603f7606a3115508";
  auto refused = error_of(unsealed_key(text_in_memory(serialize(file)), "testpassword"));
  CHECK(code_of(refused) == ec::corrupt);
  CHECK_THAT(render(refused), Contains("0x1563915e194D8CfBA1943570603F7606A3115508")
                                && Contains(published().address));
  file.erase("address");
  CHECK(unsealed_key(text_in_memory(serialize(file)), "testpassword"));
}

TEST_CASE("whatever key is written in either way is read back") {
  rc::prop("round trip", [] {
    auto secret = *rc::gen::container<bytes>(32, rc::gen::arbitrary<uint8_t>());
    secret[0] = 1; // Below the curve's order, and not 0.
    auto password = *rc::gen::arbitrary<std::string>();
    auto key = key_from(secret);
    auto sealed = sealed_text(*key, password, cheap);
    RC_ASSERT(sealed.engaged());
    auto opened = unsealed_key(text_in_memory(*sealed), password);
    RC_ASSERT(opened.engaged() && (*opened)->address() == key->address());
    auto plain = plain_key(text_in_memory(as_text(plain_text(*key))));
    RC_ASSERT(plain.engaged() && (*plain)->address() == key->address());
  });
}

TEST_CASE("nothing random is used twice") {
  auto key = random_key(), other = random_key();
  REQUIRE((key && other));
  CHECK((*key)->address() != (*other)->address());
  CHECK(*sealed_text(**key, "x", cheap) != *sealed_text(**key, "x", cheap));
}
