#include "actors/chain/block_builder.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/transaction_rules.hpp"
#include "actors/chain/words.hpp"

#include <utility>

namespace flwr {
namespace {

touched_slots slots_of(const transaction& tx) {
  touched_slots slots;
  for (const auto& entry : tx.access_list)
    for (const auto& key : entry.storage_keys)
      slots[entry.account].insert(to_u256(key));
  return slots;
}

/// The base fee is 0, so the priority fee, which is never above the whole one, is all that is paid.
embedded_message message_of(const signed_transaction& tx) {
  return {tx.sender,
          tx.fields.nonce,
          tx.fields.to,
          create_address(tx.sender, tx.fields.nonce),
          tx.fields.value,
          tx.fields.data,
          tx.fields.gas_limit,
          intrinsic_gas(tx.fields),
          tx.fields.max_priority_fee_per_gas,
          tx.fields.max_fee_per_gas,
          slots_of(tx.fields)};
}

block_header empty_header(uint64_t timestamp) {
  block_header header;
  header.gas_limit = block_gas_limit;
  header.timestamp = timestamp;
  header.base_fee_per_gas = 0;
  header.withdrawals_root = ordered_trie_root({});
  return header;
}

void place(sealed_block& block) {
  block.place = {block.header.number, block_hash(block.header)};
  for (auto& each : block.receipts)
    each.block = block.place;
}

void fill_in_roots(sealed_block& block) {
  std::vector<bytes> encoded;
  std::vector<log> logs;
  for (const auto& each : block.receipts) {
    encoded.push_back(encode_receipt(each));
    logs.insert(logs.end(), each.logs.begin(), each.logs.end());
  }
  block.header.transactions_root = ordered_trie_root(block.transactions);
  block.header.receipts_root = ordered_trie_root(encoded);
  block.header.logs_bloom = bloom_of(logs);
}

} // namespace

sealed_block genesis_block(versioned_state& state, uint64_t timestamp) {
  sealed_block block{empty_header(timestamp), {}, {}, {}};
  block.header.state_root = state.root();
  fill_in_roots(block);
  place(block);
  return block;
}

block_builder::block_builder(versioned_state& state, const sealed_block& parent, uint64_t chain_id,
                             uint64_t timestamp)
  : state_(state), chain_id_(chain_id), block_{empty_header(timestamp), {}, {}, {}} {
  block_.header.parent_hash = parent.place.hash;
  block_.header.number = parent.place.number + 1;
}

bool block_builder::has_room_for(const transaction& tx) const {
  return tx.gas_limit <= block_gas_limit - block_.header.gas_used;
}

expected<void> block_builder::add(const signed_transaction& tx) {
  const auto& header = block_.header;
  auto outcome = execute(state_.now(), message_of(tx),
                         {{chain_id_, header.number, header.timestamp}, header.beneficiary});
  if (!outcome)
    return outcome.error();
  state_.apply(outcome->change);
  block_.header.gas_used += outcome->gas_used;
  block_.transactions.push_back(tx.raw);
  block_.receipts.push_back(next_receipt(tx, std::move(*outcome)));
  log_count_ += block_.receipts.back().logs.size();
  return caf::unit;
}

sealed_block block_builder::finish() {
  block_.header.state_root = state_.root();
  fill_in_roots(block_);
  place(block_);
  return std::move(block_);
}

receipt block_builder::next_receipt(const signed_transaction& tx, embedded_outcome outcome) const {
  receipt made;
  made.transaction = tx.hash;
  made.type = static_cast<uint8_t>(tx.fields.type);
  made.index = block_.receipts.size();
  made.from = tx.sender;
  made.to = tx.fields.to;
  made.contract = outcome.contract;
  made.succeeded = outcome.succeeded;
  made.gas_used = outcome.gas_used;
  made.cumulative_gas_used = block_.header.gas_used;
  made.effective_gas_price = tx.fields.max_priority_fee_per_gas;
  made.logs = std::move(outcome.logs);
  made.first_log = log_count_;
  return made;
}

} // namespace flwr
