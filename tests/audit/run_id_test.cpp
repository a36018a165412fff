#include "actors/audit/run_id.hpp"

#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace flwr;

namespace {

struct run_id_fixture {
  run_id_fixture() {
    std::iota(contract.begin(), contract.end(), uint8_t{0xc0});
    genesis.digest.fill(0x11);
    genesis.digest.back() = 1;
    std::iota(description.digest.begin(), description.digest.end(), uint8_t{0});
    std::iota(salt.rbegin(), salt.rend(), uint8_t{224});
  }

  std::string id(uint64_t chain_id, const address& where) const {
    auto run = run_id(chain_id, where, genesis, description, salt);
    return to_hex(run);
  }

  address contract{};
  content_id genesis, description;
  hash256 salt{};
};

} // namespace

// Made with eth_abi.encode(['uint256', 'address', 'bytes32', 'bytes32', 'bytes32'], ...) of eth-abi
// 6.0.0 and Crypto.Hash.keccak of pycryptodome.
TEST_CASE_METHOD(run_id_fixture, "a run id is the hash of the ABI's five words") {
  CHECK(id(0x666c7772, contract)
        == "6f02a0f3416c397da318327a9afc125a2838551cd892ec32a3a5a941bd19178c");
  CHECK(id(0, {}) == "c7f3e56094fbbc3d65c89d5887445adf02b719a76968e20665bffac988260d42");
}

TEST_CASE_METHOD(run_id_fixture, "a run id doesn't depend on how a content id is written") {
  auto before = id(1, contract);
  genesis.encoding = codec::dag_pb;
  genesis.version = 0;
  CHECK(id(1, contract) == before);
  salt[31] ^= 1;
  CHECK(id(1, contract) != before);
}
