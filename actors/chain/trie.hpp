/// Merkle Patricia tries: yellow paper, appendix D.
#pragma once

#include "messages/types.hpp"

#include <map>
#include <memory>
#include <span>

namespace flwr {

/// A trie that changes entry by entry and remembers the hashes of what didn't change. Movable; one
/// thread at a time.
///
/// Keys should be short, as the stack grows with the longest one's length: 32 bytes are usual.
class merkle_trie {
public:
  merkle_trie();
  merkle_trie(merkle_trie&&) noexcept;
  merkle_trie& operator=(merkle_trie&&) noexcept;
  ~merkle_trie();

  /// Maps the key to the value. An empty value takes the key out: to the trie that is the same.
  void set(std::span<const uint8_t> key, std::span<const uint8_t> value);

  /// The hash of all entries; without any, Keccak-256(RLP("")). Hashes what has changed since the
  /// last call, and what stands above it.
  hash256 root();

private:
  struct node;

  std::unique_ptr<node> top_;
};

/// The root of the trie that maps these keys to these values. Pure, as the next one; any thread.
hash256 trie_root(const std::map<bytes, bytes>& entries);

/// The root over a list: value i under the key RLP(i). A block's transactions (their raw bytes) and
/// receipts (encode_receipt) have such roots.
hash256 ordered_trie_root(std::span<const bytes> values);

} // namespace flwr
