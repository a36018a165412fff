#include "actors/hash/keccak256.hpp"
#include "actors/hash/sha256.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

TEST_CASE("keccak256 gives the published digests") {
  for (const auto& each : load_cases("keccak256")) {
    INFO(text_of(each, "name"));
    CHECK(to_hex(keccak256(input_of(each, "message"))) == text_of(each, "digest"));
  }
}

TEST_CASE("sha256 gives the published digests") {
  for (const auto& each : load_cases("sha256")) {
    INFO(text_of(each, "name"));
    CHECK(to_hex(sha256(input_of(each, "message"))) == text_of(each, "digest"));
  }
}
