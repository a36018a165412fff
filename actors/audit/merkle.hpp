/// The tree over a round's counted updates: the shape of RFC 9162, section 2.1, with Keccak-256.
///
///     leaf = H(0x00 || EIP-712 digest || signature)      node = H(0x01 || left || right)
///
/// No leaf is doubled, and no inner node can pass for a leaf. Leaves stand in ascending order of
/// their clients. All pure; any thread.
#pragma once

#include "messages/types.hpp"

#include <span>

namespace flwr {

/// The leaf of a signed update. `digest`: what was signed.
hash256 merkle_leaf(const hash256& digest, const signature_bytes& signature);

/// The tree's root: zero for no leaves, the leaf itself for one.
hash256 merkle_root(std::span<const hash256> leaves);

/// The siblings on the way from leaf `index` up to the root, lowest first. `index` must be less
/// than the number of leaves.
std::vector<hash256> merkle_proof(std::span<const hash256> leaves, uint64_t index);

/// Whether `leaf` is number `index` (from 0) of the `count` leaves below `root`. No part of it has
/// to be trusted but `count` and `root`.
bool proves(std::span<const hash256> proof, const hash256& leaf, uint64_t index, uint64_t count,
            const hash256& root);

} // namespace flwr
