#include "actors/chain/versioned_state.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/chain/words.hpp"
#include "actors/hash/keccak256.hpp"

#include <utility>

namespace flwr {
namespace {

bool has_nothing(const embedded_account& account) {
  return account.nonce == 0 && account.balance == 0 && !account.code;
}

u256 value_in(const embedded_account& account, const u256& slot) {
  auto found = account.storage.find(slot);
  return found == account.storage.end() ? u256{} : found->second;
}

const embedded_account& account_in(const embedded_state& state, const address& who) {
  static const embedded_account nobody;
  auto found = state.find(who);
  return found == state.end() ? nobody : found->second;
}

void set_slot(evm_storage& storage, const u256& slot, const u256& value) {
  if (value == 0)
    storage.erase(slot);
  else
    storage[slot] = value;
}

/// Unlike a change, what was before takes code away, too.
void restore(embedded_state& state, const embedded_change& before) {
  for (const auto& [who, then] : before) {
    auto& account = state[who];
    account.nonce = then.nonce;
    account.balance = then.balance;
    account.code = then.code;
    for (const auto& [slot, value] : then.storage)
      set_slot(account.storage, slot, value);
    if (has_nothing(account))
      state.erase(who);
  }
}

bytes encode(const embedded_account& account, const hash256& storage_root) {
  auto code = account.code ? std::span<const uint8_t>{*account.code} : std::span<const uint8_t>{};
  return rlp_list{}
    .add(account.nonce)
    .add(account.balance)
    .add(storage_root)
    .add(keccak256(code))
    .encode();
}

} // namespace

versioned_state::versioned_state(const embedded_state& genesis) {
  apply(genesis);
  refresh_tries();
  before_.clear();
}

void versioned_state::apply(const embedded_change& change) {
  note_before(change);
  state_ = applied(std::move(state_), change);
}

hash256 versioned_state::root() {
  refresh_tries();
  return accounts_.root();
}

void versioned_state::keep() {
  refresh_tries();
  past_.push_back(std::exchange(before_, {}));
}

void versioned_state::drop() {
  restore(state_, before_);
  refresh_tries();
  before_.clear();
}

embedded_state versioned_state::at(uint64_t block) const {
  auto state = state_;
  for (auto newest = past_.size(); newest > block; --newest)
    restore(state, past_[newest - 1]);
  return state;
}

void versioned_state::note_before(const embedded_change& change) {
  for (const auto& [who, after] : change) {
    const auto& now = account_in(state_, who);
    auto& before = before_.try_emplace(who, embedded_account{now.nonce, now.balance, now.code, {}})
                     .first->second;
    for (const auto& [slot, value] : after.storage)
      before.storage.try_emplace(slot, value_in(now, slot));
  }
}

void versioned_state::refresh_tries() {
  for (const auto& [who, before] : before_) {
    const auto& now = account_in(state_, who);
    auto& storage = storages_[who];
    for (const auto& [slot, value] : before.storage) {
      auto current = value_in(now, slot);
      storage.set(keccak256(to_word(slot)), current == 0 ? bytes{} : rlp_encode(current));
    }
    accounts_.set(keccak256(who), has_nothing(now) ? bytes{} : encode(now, storage.root()));
  }
}

} // namespace flwr
