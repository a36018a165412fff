#include "actors/chain/evm_machine.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

constexpr size_t word_bytes = 32;
constexpr size_t most_stacked = 1024;
constexpr uint8_t push_1 = 0x60, push_32 = 0x7f, jump_destination = 0x5b;

/// Where JUMPDEST stands as an operation, not as data behind a PUSH.
std::vector<bool> jump_destinations(std::span<const uint8_t> code) {
  std::vector<bool> found(code.size());
  for (size_t i = 0; i < code.size(); ++i) {
    found[i] = code[i] == jump_destination;
    if (code[i] >= push_1 && code[i] <= push_32)
      i += code[i] - push_1 + 1u;
  }
  return found;
}

uint64_t memory_gas(uint64_t size) {
  auto words = size / word_bytes;
  return 3 * words + words * words / 512;
}

/// Larger than any memory that gas can pay for.
constexpr uint64_t memory_limit = uint64_t{1} << 32;

} // namespace

evm_machine::evm_machine(const evm_call& call, const evm_storage& storage)
  : call_{call}, storage_{storage},
    jump_destinations_{jump_destinations(call.code)}, gas_{call.gas}, warm_{call.warm_slots} {}

evm_result evm_machine::run() {
  while (!end_)
    step();
  if (*end_ == evm_end::halted)
    return {};
  if (*end_ == evm_end::reverted)
    return {*end_, gas_, 0, std::move(output_), {}, {}};
  auto refund = static_cast<uint64_t>(refund_); // Never below 0: each taking back had a giving.
  return {*end_, gas_, refund, std::move(output_), std::move(logs_), std::move(changes_)};
}

void evm_machine::step() {
  if (next_ >= call_.code.size())
    return stop(evm_end::returned);
  auto code = call_.code[next_++];
  const auto& operation = evm_operation_of(code);
  auto fits = stack_.size() >= operation.takes
              && stack_.size() - operation.takes + operation.gives <= most_stacked;
  if (!operation.run || !fits)
    return stop(evm_end::halted);
  if (spend(operation.gas))
    operation.run(*this, code);
}

u256 evm_machine::pop() {
  auto value = stack_.back();
  stack_.pop_back();
  return value;
}

void evm_machine::push(const u256& value) { stack_.push_back(value); }

u256& evm_machine::peek(size_t depth) { return stack_[stack_.size() - 1 - depth]; }

bool evm_machine::spend(uint64_t gas) {
  if (gas > gas_) {
    stop(evm_end::halted);
    return false;
  }
  gas_ -= gas;
  return true;
}

std::optional<std::span<uint8_t>> evm_machine::memory(const u256& offset, const u256& size) {
  if (size == 0)
    return std::span<uint8_t>{};
  if (offset >= memory_limit || size >= memory_limit) {
    stop(evm_end::halted);
    return std::nullopt;
  }
  auto from = static_cast<uint64_t>(offset), count = static_cast<uint64_t>(size);
  auto needed = (from + count + word_bytes - 1) / word_bytes * word_bytes;
  if (needed > memory_.size()) {
    if (!spend(memory_gas(needed) - memory_gas(memory_.size())))
      return std::nullopt;
    memory_.resize(needed);
  }
  return std::span{memory_}.subspan(from, count);
}

void evm_machine::copy_to_memory(std::span<const uint8_t> from) {
  auto to = pop(), offset = pop(), size = pop();
  auto room = memory(to, size);
  if (!room || !spend(3 * ((room->size() + word_bytes - 1) / word_bytes)))
    return;
  auto source = offset < from.size() ? from.subspan(static_cast<size_t>(offset)) : from.last(0);
  auto rest = std::ranges::copy(source.first(std::min(source.size(), room->size())), room->begin());
  std::fill(rest.out, room->end(), uint8_t{0});
}

u256 evm_machine::immediate(size_t count) {
  u256 value;
  for (size_t i = 0; i < count; ++i, ++next_)
    value = value << 8 | (next_ < call_.code.size() ? call_.code[next_] : 0);
  return value;
}

void evm_machine::jump(const u256& to) {
  if (to >= jump_destinations_.size() || !jump_destinations_[static_cast<size_t>(to)])
    return stop(evm_end::halted);
  next_ = static_cast<size_t>(to);
}

void evm_machine::emit(log said) { logs_.push_back(std::move(said)); }

void evm_machine::stop(evm_end end, bytes output) {
  end_ = end;
  output_ = std::move(output);
}

evm_result run_evm(const evm_call& call, const evm_storage& storage) {
  return evm_machine{call, storage}.run();
}

} // namespace flwr
