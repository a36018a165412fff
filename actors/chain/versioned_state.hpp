#pragma once

#include "actors/chain/embedded_state.hpp"
#include "actors/chain/trie.hpp"

#include <vector>

namespace flwr {

/// The state of a chain with the states before it: what every block has changed is kept, backwards.
///
/// Its root is that of Ethereum: a trie of the accounts, each with the root of its storage, and
/// without the accounts that have nothing. Only what has changed is hashed again. Movable; one
/// thread at a time.
/// @source  Yellow paper, section 4.1; EIP-161.
class versioned_state {
public:
  explicit versioned_state(const embedded_state& genesis);

  const embedded_state& now() const { return state_; }

  /// Changes the state. The change belongs to the open block until `keep` or `drop`.
  void apply(const embedded_change&);

  /// The root of the state as it is now.
  hash256 root();

  /// Ends the open block: it is the next one.
  void keep();

  /// Takes back what was applied since the last `keep`.
  void drop();

  /// The state at the end of a block; of block 0, the one that was given. Needs a kept block and
  /// none open. Copies the state of today: views of the newest block had better use `now`.
  embedded_state at(uint64_t block) const;

private:
  void note_before(const embedded_change&);
  void refresh_tries();

  embedded_state state_;
  merkle_trie accounts_;
  std::map<address, merkle_trie> storages_;
  embedded_change before_;            // What the open block has touched, as it was.
  std::vector<embedded_change> past_; // The same of each block, from block 1 on.
};

} // namespace flwr
