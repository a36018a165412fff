#include "actors/audit/merkle.hpp"

#include "actors/hash/keccak256.hpp"

namespace flwr {
namespace {

template <class Left, class Right>
hash256 tagged_hash(uint8_t tag, const Left& left, const Right& right) {
  bytes data{tag};
  data.insert(data.end(), left.begin(), left.end());
  data.insert(data.end(), right.begin(), right.end());
  return keccak256(data);
}

hash256 node(const hash256& left, const hash256& right) { return tagged_hash(1, left, right); }

/// The level above: pairs from the left; a last one without a partner goes up as it is. That gives
/// RFC 9162's tree, whose left part is always the largest full one.
std::vector<hash256> above(std::span<const hash256> level) {
  std::vector<hash256> parents;
  parents.reserve((level.size() + 1) / 2);
  for (size_t i = 0; i + 1 < level.size(); i += 2)
    parents.push_back(node(level[i], level[i + 1]));
  if (level.size() % 2 == 1)
    parents.push_back(level.back());
  return parents;
}

bool has_sibling(uint64_t index, uint64_t count) { return (index ^ 1) < count; }

} // namespace

hash256 merkle_leaf(const hash256& digest, const signature_bytes& signature) {
  return tagged_hash(0, digest, signature);
}

hash256 merkle_root(std::span<const hash256> leaves) {
  if (leaves.empty())
    return {};
  std::vector<hash256> level{leaves.begin(), leaves.end()};
  while (level.size() > 1)
    level = above(level);
  return level.front();
}

std::vector<hash256> merkle_proof(std::span<const hash256> leaves, uint64_t index) {
  std::vector<hash256> proof;
  std::vector<hash256> level{leaves.begin(), leaves.end()};
  for (; level.size() > 1; level = above(level), index /= 2)
    if (has_sibling(index, level.size()))
      proof.push_back(level[index ^ 1]);
  return proof;
}

bool proves(std::span<const hash256> proof, const hash256& leaf, uint64_t index, uint64_t count,
            const hash256& root) {
  if (index >= count)
    return false;
  auto hash = leaf;
  for (; count > 1; count = count / 2 + count % 2, index /= 2) {
    if (!has_sibling(index, count))
      continue;
    if (proof.empty())
      return false;
    hash = index % 2 == 0 ? node(hash, proof.front()) : node(proof.front(), hash);
    proof = proof.subspan(1);
  }
  return proof.empty() && hash == root;
}

} // namespace flwr
