#include "actors/chain/eip191.hpp"

#include "actors/chain/account.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

TEST_CASE("personal messages of the vectors are digested, signed and recovered") {
  for (const auto& each : load_cases("eip191")) {
    INFO(text_of(each, "name"));
    auto digest = personal_digest(unhex(text_of(each, "message")));
    CHECK(to_0x(digest) == text_of(each, "digest"));
    auto key = signing_key::from_bytes(unhex(text_of(each, "private_key")));
    REQUIRE(key);
    auto signed_by = (*key)->sign(digest);
    CHECK(to_0x(to_bytes(signed_by)) == text_of(each, "signature"));
    CHECK(recover(digest, signed_by) == fixed_of<address>(each, "address"));
  }
}
