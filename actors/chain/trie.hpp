/// Roots of Merkle Patricia tries: yellow paper, appendix D.
#pragma once

#include "messages/types.hpp"

#include <map>
#include <span>

namespace flwr {

/// The root of the trie that maps these keys to these values; of an empty one,
/// Keccak-256(RLP("")). Pure; any thread.
///
/// @param entries  No value is empty: to the trie that means that the key is absent. Keys should be
///                 short, as the stack grows with the longest one's length: 32 bytes are usual.
hash256 trie_root(const std::map<bytes, bytes>& entries);

/// The root over a list: value i under the key RLP(i). A block's transactions (their raw bytes) and
/// receipts (encode_receipt) have such roots.
hash256 ordered_trie_root(std::span<const bytes> values);

} // namespace flwr
