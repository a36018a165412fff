#include "actors/chain/block_index.hpp"

#include <utility>

namespace flwr {
namespace {

bool is_wanted(const log& what, const log_query& query) {
  return what.emitter == query.emitter
         && (!query.topic || (!what.topics.empty() && what.topics.front() == *query.topic));
}

void take_wanted(const receipt& from, const log_query& query, std::vector<placed_log>& to) {
  for (size_t i = 0; i < from.logs.size(); ++i)
    if (is_wanted(from.logs[i], query))
      to.push_back({from.logs[i], from.block, from.transaction, from.first_log + i});
}

} // namespace

block_index::block_index(sealed_block genesis) { add(std::move(genesis)); }

void block_index::add(sealed_block block) {
  for (const auto& each : block.receipts)
    places_.emplace(each.transaction, std::pair{block.place.number, each.index});
  numbers_.emplace(block.place.hash, block.place.number);
  blocks_.push_back(std::move(block));
}

std::optional<uint64_t> block_index::number_of(const hash256& block_hash) const {
  auto found = numbers_.find(block_hash);
  return found == numbers_.end() ? std::nullopt : std::optional{found->second};
}

const sealed_block* block_index::find(uint64_t number) const {
  return number < blocks_.size() ? &blocks_[number] : nullptr;
}

const receipt* block_index::find_receipt(const tx_hash& hash) const {
  auto found = places_.find(hash);
  if (found == places_.end())
    return nullptr;
  auto [number, index] = found->second;
  return &blocks_[number].receipts[index];
}

std::optional<placed_transaction> block_index::find_transaction(const tx_hash& hash) const {
  auto found = find_receipt(hash);
  if (!found)
    return std::nullopt;
  const auto& block = blocks_[found->block.number];
  return placed_transaction{block.transactions[found->index], block.place};
}

std::vector<placed_log> block_index::logs(const log_query& query) const {
  std::vector<placed_log> found;
  for (auto number = query.first_block; number < blocks_.size() && number <= query.last_block;
       ++number)
    for (const auto& each : blocks_[number].receipts)
      take_wanted(each, query, found);
  return found;
}

block_facts facts_of(const sealed_block& block) {
  return {block.place, block.header.parent_hash, block.header.timestamp};
}

} // namespace flwr
