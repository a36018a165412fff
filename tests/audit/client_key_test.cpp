#include "actors/audit/client_key.hpp"

#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <set>

using namespace flwr;

// Made with Python 3.11: HKDF from hmac and hashlib, the curve in plain integers, Keccak-256 of
// pycryptodome 3.23.
TEST_CASE("a simulated client's key is the one that Python derives") {
  auto address_at = [](uint64_t seed, uint64_t client) {
    auto key = client_key(seed, client_id{client});
    REQUIRE(key);
    return to_hex((*key)->address());
  };
  CHECK(address_at(1, 0) == "58abfe9212eb4c9b5c284b1d008794f96dfe6f96");
  CHECK(address_at(1, 1) == "4c5c417293a232cc4146699204d83b20402c9e06");
  CHECK(address_at(std::numeric_limits<uint64_t>::max(), 7)
        == "b5e28ce66a08940f493d01c3289c51a82764cd8a");
}

TEST_CASE("no two clients or seeds share a key") {
  std::set<address> addresses;
  for (uint64_t seed : {0, 1, 2, 256})
    for (uint64_t client = 0; client < 50; ++client)
      addresses.insert((*client_key(seed, client_id{client}))->address());
  CHECK(addresses.size() == 200);
}
