/// What is held, block by block. For actors/ipfs/block_files only.
#pragma once

#include "messages/types.hpp"

#include <map>
#include <set>

namespace flwr {

/// The blocks of held DAGs. What lies below a root never changes, since the root's id is a hash of
/// it all: so a DAG is walked once, and not whenever something is to be collected. One thread at a
/// time.
class held_dags {
public:
  /// Holds a DAG, or learns more about one that is held.
  /// @param blocks  All ids that are known to lie below the root, and its own, in version 1.
  /// @param all     Whether there can be no others.
  void add(const content_id& root, std::set<content_id> blocks, bool all);

  void remove(const content_id& root);

  /// Whether everything below this root is known.
  bool knows_all(const content_id& root) const;

  /// Whether a block, by its id in version 1, is part of a held DAG.
  bool has_block(const content_id& id) const { return uses_.contains(id); }

private:
  struct dag {
    std::set<content_id> blocks;
    bool all = false;
  };

  std::map<content_id, dag> dags_;      ///< By their roots.
  std::map<content_id, uint64_t> uses_; ///< How many DAGs have this block.
};

} // namespace flwr
