#include "actors/chain/evm_machine.hpp"

namespace flwr {
namespace {

constexpr uint64_t warm_gas = 100, cold_gas = 2'100; // EIP-2929.
constexpr uint64_t set_gas = 20'000, reset_gas = 5'000 - cold_gas;
constexpr uint64_t sentry_gas = 2'300;     // EIP-2200: less left than this, and nothing is stored.
constexpr int64_t clearing_refund = 4'800; // EIP-3529.

u256 value_in(const evm_storage& storage, const u256& slot) {
  auto found = storage.find(slot);
  return found == storage.end() ? u256{} : found->second;
}

uint64_t store_gas(const u256& original, const u256& current, const u256& value) {
  if (value == current || current != original)
    return warm_gas;
  return original == 0 ? set_gas : reset_gas;
}

} // namespace

u256 evm_machine::original(const u256& slot) const { return value_in(storage_, slot); }

u256 evm_machine::current(const u256& slot) const {
  return changes_.contains(slot) ? value_in(changes_, slot) : original(slot);
}

/// Whether it was cold.
bool evm_machine::make_warm(const u256& slot) { return warm_.insert(slot).second; }

void evm_machine::load() {
  auto slot = pop();
  if (spend(make_warm(slot) ? cold_gas : warm_gas))
    push(current(slot));
}

void evm_machine::store() {
  auto slot = pop(), value = pop();
  if (gas_ <= sentry_gas)
    return stop(evm_end::halted);
  auto before = original(slot), now = current(slot);
  if (!spend(store_gas(before, now, value) + (make_warm(slot) ? cold_gas : 0)))
    return;
  note_refund(before, now, value);
  changes_[slot] = value;
}

void evm_machine::note_refund(const u256& original, const u256& current, const u256& value) {
  if (value == current)
    return;
  if (original != 0 && current == 0)
    refund_ -= clearing_refund;
  if (original != 0 && value == 0)
    refund_ += clearing_refund;
  if (value == original && current != original)
    refund_ += static_cast<int64_t>((original == 0 ? set_gas : reset_gas) - warm_gas);
}

} // namespace flwr
