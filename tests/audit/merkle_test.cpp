#include "actors/audit/merkle.hpp"

#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <bit>

using namespace flwr;

namespace {

/// Leaf i: the digest is the hash of i in 8 bytes, the signature 65 times the byte i.
hash256 leaf(uint8_t i) {
  signature_bytes signature;
  signature.fill(i);
  return merkle_leaf(keccak256(std::array<uint8_t, 8>{0, 0, 0, 0, 0, 0, 0, i}), signature);
}

std::vector<hash256> leaves(uint8_t count) {
  std::vector<hash256> all;
  for (uint8_t i = 0; i < count; ++i)
    all.push_back(leaf(i));
  return all;
}

std::string root_of(uint8_t count) {
  auto root = merkle_root(leaves(count));
  return to_hex(root);
}

/// RFC 9162's own words: the left part holds the largest power of two below n.
hash256 recursive_root(std::span<const hash256> all) {
  if (all.size() == 1)
    return all[0];
  auto left = std::bit_floor(all.size() - 1);
  auto l = recursive_root(all.first(left)), r = recursive_root(all.subspan(left));
  bytes data{1};
  data.insert(data.end(), l.begin(), l.end());
  data.insert(data.end(), r.begin(), r.end());
  return keccak256(data);
}

} // namespace

// Made with Python 3.11, by RFC 9162's recursive definition over Keccak-256 of pycryptodome 3.23.
TEST_CASE("a tree's root is the one that Python computes") {
  CHECK(root_of(1) == "6e7d09f62a768401ddd96729225000bc0587283b8368893f64a598b3cbc000df");
  CHECK(root_of(2) == "03450e10597aba9d57899346acf6fdebe12cc16375cd12441cd3cf8573fad942");
  CHECK(root_of(3) == "6d99be020fd2a223de9079dc8c1057cadbca808fbab2251e835dfe029b9132e9");
  CHECK(root_of(5) == "0ae21ffd8be4b5473b01f837e72a9651c5d54228e43e63616ebb835d87ec946f");
  CHECK(root_of(8) == "8c52d57c3c20b7580bd8424c6f493032c2c738064c68228d72b41ed55e845b42");
  CHECK(root_of(13) == "b679431e8b41da693b0d1f6c4a45b017daa9fdf36bb824af5a539217c51461a3");
}

TEST_CASE("the root of no leaves is zero, which nothing proves") {
  CHECK(merkle_root({}) == hash256{});
  CHECK_FALSE(proves({}, {}, 0, 0, {}));
}

TEST_CASE("a tree has the shape of RFC 9162") {
  for (uint8_t count = 1; count < 70; ++count)
    CHECK(merkle_root(leaves(count)) == recursive_root(leaves(count)));
}

TEST_CASE("every leaf of a tree is proven, at its place alone") {
  rc::prop("for any size", [] {
    auto count = *rc::gen::inRange<uint8_t>(1, 40);
    auto index = *rc::gen::inRange<uint8_t>(0, count);
    auto other = *rc::gen::inRange<uint8_t>(0, 60);
    auto all = leaves(count);
    auto root = merkle_root(all);
    auto proof = merkle_proof(all, index);
    RC_ASSERT(proves(proof, all[index], index, count, root));
    if (other != index) {
      RC_ASSERT_FALSE(proves(proof, all[index], other, count, root));
      RC_ASSERT_FALSE(proves(proof, leaf(other), index, count, root));
    }
  });
}

TEST_CASE("a proof with a flipped bit, a hash too many or too few proves nothing") {
  rc::prop("for any size", [] {
    auto count = *rc::gen::inRange<uint8_t>(2, 40);
    auto index = *rc::gen::inRange<uint8_t>(0, count);
    auto all = leaves(count);
    auto root = merkle_root(all);
    auto proof = merkle_proof(all, index);
    auto bit = *rc::gen::inRange<size_t>(0, 256 * proof.size());
    auto flipped = proof;
    flipped[bit / 256][bit % 256 / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    RC_ASSERT_FALSE(proves(flipped, all[index], index, count, root));
    RC_ASSERT_FALSE(
      proves(std::span{proof}.first(proof.size() - 1), all[index], index, count, root));
    proof.push_back({});
    RC_ASSERT_FALSE(proves(proof, all[index], index, count, root));
  });
}

TEST_CASE("a root changes with the order, the number and every leaf") {
  auto all = leaves(6);
  auto root = merkle_root(all);
  std::swap(all[1], all[4]);
  CHECK(merkle_root(all) != root);
  CHECK(merkle_root(leaves(7)) != root);
  all = leaves(6);
  all.push_back(all.back());
  CHECK(merkle_root(all) != root);
}
