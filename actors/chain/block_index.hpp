#pragma once

#include "actors/chain/block_builder.hpp"

#include <map>
#include <optional>
#include <vector>

namespace flwr {

/// The blocks of a chain, found by number, transaction and log. One thread at a time.
class block_index {
public:
  explicit block_index(sealed_block genesis);

  /// Adds the child of the head.
  void add(sealed_block);

  const sealed_block& head() const { return blocks_.back(); }

  /// The block of that number; nothing if there is none yet. Valid until the next `add`.
  const sealed_block* find(uint64_t number) const;

  /// The number of the block of that hash.
  std::optional<uint64_t> number_of(const hash256& block_hash) const;

  /// What became of a transaction; nothing while it is in no block. Valid until the next `add`.
  const receipt* find_receipt(const tx_hash&) const;

  /// The bytes of a transaction that is in a block.
  std::optional<placed_transaction> find_transaction(const tx_hash&) const;

  /// In order of their places. Blocks behind the head have none.
  std::vector<placed_log> logs(const log_query&) const;

private:
  std::vector<sealed_block> blocks_;                      // By number.
  std::map<hash256, uint64_t> numbers_;                   // By block hash.
  std::map<tx_hash, std::pair<uint64_t, size_t>> places_; // Block and index in it.
};

/// What the cast wants to know of a block.
block_facts facts_of(const sealed_block&);

} // namespace flwr
