/// A chain in memory that executes real transactions. What it keeps may be tampered with.
#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/chain/abi_words.hpp"
#include "actors/chain/address.hpp"
#include "actors/chain/embedded_state.hpp"
#include "actors/chain/transaction_rules.hpp"
#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <stdexcept>

namespace flwr::test {

class fake_ledger {
public:
  static constexpr uint64_t chain_id = 0x666c7772;

  std::vector<block_facts> blocks{block_at(0)};
  std::map<tx_hash, receipt> receipts;
  std::map<tx_hash, placed_transaction> transactions;
  std::vector<placed_log> logs;
  std::map<bytes, bytes> answers; ///< Of calls, by their data, in the place of the true ones.

  /// Executes a transaction, in a block of its own or in the newest one; throws if it fails.
  receipt submit(const signing_key& key, std::optional<address> to, const bytes& data,
                 bool in_newest_block = false) {
    if (!in_newest_block)
      blocks.push_back(block_at(blocks.size()));
    auto transaction = signed_by(key, to, data);
    auto outcome = execute(state_, message_of(transaction), block_of(blocks.back()));
    if (!outcome || !outcome->succeeded)
      throw std::runtime_error{outcome ? "reverted: " + to_0x(outcome->output)
                                       : render(outcome.error())};
    state_ = applied(std::move(state_), outcome->change);
    states_[blocks.back().block.number] = state_;
    return keep(transaction, *outcome);
  }

  expected<bytes> call(const call_request& question) {
    if (auto lie = answers.find(question.data); lie != answers.end())
      return lie->second;
    auto asked = std::pair{question.block_number, question.data};
    if (auto known = known_.find(asked); known != known_.end())
      return known->second;
    embedded_message message;
    message.to = question.to;
    message.data = question.data;
    message.gas_limit = uint64_t{1} << 26;
    auto outcome = flwr::call(states_[question.block_number], message,
                              block_of(blocks.at(question.block_number)));
    if (!outcome.succeeded)
      return make_error(ec::rejected, "reverted");
    return known_[asked] = outcome.output;
  }

  std::vector<placed_log> logs_of(const log_query& query) const {
    std::vector<placed_log> found;
    std::ranges::copy_if(logs, std::back_inserter(found), [&](const auto& log) {
      return log.what.emitter == query.emitter && log.block.number >= query.first_block
             && log.block.number <= query.last_block
             && (!query.topic || log.what.topics.at(0) == *query.topic);
    });
    return found;
  }

private:
  static block_facts block_at(uint64_t number) {
    auto hash_at = [](uint64_t n) { return keccak256(abi_word(n)); };
    return {
      {number, hash_at(number)}, number > 0 ? hash_at(number - 1) : hash256{}, 1'000 + number};
  }

  static embedded_block block_of(const block_facts& facts) {
    return {{chain_id, facts.block.number, facts.timestamp}, {}};
  }

  signed_transaction signed_by(const signing_key& key, std::optional<address> to,
                               const bytes& data) const {
    transaction fields;
    fields.chain_id = chain_id;
    auto account = state_.find(key.address());
    fields.nonce = account == state_.end() ? 0 : account->second.nonce;
    fields.gas_limit = uint64_t{1} << 24;
    fields.to = to;
    fields.data = data;
    return sign(fields, key);
  }

  static embedded_message message_of(const signed_transaction& what) {
    embedded_message message;
    message.from = what.sender;
    message.nonce = what.fields.nonce;
    message.to = what.fields.to;
    message.created = create_address(what.sender, what.fields.nonce);
    message.data = what.fields.data;
    message.gas_limit = what.fields.gas_limit;
    message.intrinsic_gas = intrinsic_gas(what.fields);
    return message;
  }

  uint64_t in_newest_block(const auto& things) const {
    return static_cast<uint64_t>(std::ranges::count_if(
      things, [&](const auto& each) { return each.block == blocks.back().block; }));
  }

  receipt keep(const signed_transaction& what, const embedded_outcome& outcome) {
    receipt kept;
    kept.transaction = what.hash;
    kept.block = blocks.back().block;
    kept.from = what.sender;
    kept.to = what.fields.to;
    kept.contract = outcome.contract;
    kept.succeeded = true;
    kept.gas_used = outcome.gas_used;
    kept.logs = outcome.logs;
    kept.first_log = in_newest_block(logs);
    for (const auto& log : outcome.logs)
      logs.push_back({log, kept.block, what.hash, in_newest_block(logs)});
    transactions[what.hash] = {what.raw, kept.block};
    return receipts[what.hash] = kept;
  }

  embedded_state state_;                              // Now.
  std::map<uint64_t, embedded_state> states_;         // At the ends of the blocks.
  std::map<std::pair<uint64_t, bytes>, bytes> known_; // What was answered already.
};

} // namespace flwr::test
