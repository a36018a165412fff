#include "actors/chain/abi_words.hpp"
#include "actors/chain/evm_machine.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <array>

namespace flwr {
namespace {

using table = std::array<evm_operation, 256>;

u256 number_in(std::span<const uint8_t> digits) {
  u256 value;
  import_bits(value, digits.begin(), digits.end());
  return value;
}

// Two's complement orders like plain numbers once the signs are turned round.
u256 signed_order(const u256& value) { return value ^ (u256{1} << 255); }

/// An operation on the two topmost numbers. `Function` has no state.
template <class Function>
evm_operation binary(uint16_t gas, Function) {
  return {[](evm_machine& at, uint8_t) {
            auto a = at.pop(), b = at.pop();
            at.push(u256{Function{}(a, b)});
          },
          gas, 2, 1};
}

/// An operation that puts what `Function` finds in the call onto the stack.
template <class Function>
evm_operation environment(Function) {
  return {[](evm_machine& at, uint8_t) { at.push(u256{Function{}(at.call())}); }, 2, 0, 1};
}

using number = const u256&;

void add_arithmetic(table& to) {
  to[0x01] = binary(3, [](number a, number b) { return a + b; });
  to[0x02] = binary(5, [](number a, number b) { return a * b; });
  to[0x03] = binary(3, [](number a, number b) { return a - b; });
  to[0x04] = binary(5, [](number a, number b) { return b == 0 ? u256{} : u256{a / b}; });
  to[0x16] = binary(3, [](number a, number b) { return a & b; });
  to[0x17] = binary(3, [](number a, number b) { return a | b; });
  to[0x19] = {[](evm_machine& at, uint8_t) { at.push(~at.pop()); }, 3, 1, 1};
  to[0x1b] = binary(3, [](number n, number a) { return n < 256 ? a << unsigned(n) : u256{}; });
  to[0x1c] = binary(3, [](number n, number a) { return n < 256 ? a >> unsigned(n) : u256{}; });
}

void add_comparisons(table& to) {
  to[0x10] = binary(3, [](number a, number b) { return a < b; });
  to[0x11] = binary(3, [](number a, number b) { return a > b; });
  to[0x12] = binary(3, [](number a, number b) { return signed_order(a) < signed_order(b); });
  to[0x13] = binary(3, [](number a, number b) { return signed_order(a) > signed_order(b); });
  to[0x14] = binary(3, [](number a, number b) { return a == b; });
  to[0x15] = {[](evm_machine& at, uint8_t) { at.push(at.pop() == 0); }, 3, 1, 1};
}

void add_environment(table& to) {
  to[0x30] = environment([](const evm_call& call) { return number_in(call.contract); });
  to[0x33] = environment([](const evm_call& call) { return number_in(call.caller); });
  to[0x34] = environment([](const evm_call& call) { return call.value; });
  to[0x36] = environment([](const evm_call& call) { return call.data.size(); });
  to[0x38] = environment([](const evm_call& call) { return call.code.size(); });
  to[0x42] = environment([](const evm_call& call) { return call.block.timestamp; });
  to[0x43] = environment([](const evm_call& call) { return call.block.number; });
  to[0x46] = environment([](const evm_call& call) { return call.block.chain_id; });
}

void keccak(evm_machine& at, uint8_t) {
  auto offset = at.pop(), size = at.pop();
  auto data = at.memory(offset, size);
  if (data && at.spend(6 * ((data->size() + 31) / 32)))
    at.push(number_in(keccak256(*data)));
}

void load_calldata(evm_machine& at, uint8_t) {
  auto offset = at.pop();
  auto data = at.call().data;
  hash256 word{};
  if (offset < data.size()) {
    auto rest = data.subspan(static_cast<size_t>(offset));
    std::ranges::copy(rest.first(std::min(rest.size(), word.size())), word.begin());
  }
  at.push(number_in(word));
}

void load_memory(evm_machine& at, uint8_t) {
  if (auto word = at.memory(at.pop(), 32))
    at.push(number_in(*word));
}

void store_memory(evm_machine& at, uint8_t) {
  auto offset = at.pop(), value = at.pop();
  if (auto word = at.memory(offset, 32))
    std::ranges::copy(abi_word(value), word->begin());
}

void add_data(table& to) {
  to[0x20] = {keccak, 30, 2, 1};
  to[0x35] = {load_calldata, 3, 1, 1};
  to[0x37] = {[](evm_machine& at, uint8_t) { at.copy_to_memory(at.call().data); }, 3, 3, 0};
  to[0x39] = {[](evm_machine& at, uint8_t) { at.copy_to_memory(at.call().code); }, 3, 3, 0};
  to[0x51] = {load_memory, 3, 1, 1};
  to[0x52] = {store_memory, 3, 2, 0};
  to[0x54] = {[](evm_machine& at, uint8_t) { at.load(); }, 0, 1, 1};
  to[0x55] = {[](evm_machine& at, uint8_t) { at.store(); }, 0, 2, 0};
}

void jump_if(evm_machine& at, uint8_t) {
  auto to = at.pop(), condition = at.pop();
  if (condition != 0)
    at.jump(to);
}

template <evm_end End>
void end_with_output(evm_machine& at, uint8_t) {
  auto offset = at.pop(), size = at.pop();
  if (auto data = at.memory(offset, size))
    at.stop(End, {data->begin(), data->end()});
}

void add_flow(table& to) {
  to[0x00] = {[](evm_machine& at, uint8_t) { at.stop(evm_end::returned); }, 0, 0, 0};
  to[0x56] = {[](evm_machine& at, uint8_t) { at.jump(at.pop()); }, 8, 1, 0};
  to[0x57] = {jump_if, 10, 2, 0};
  to[0x5b] = {[](evm_machine&, uint8_t) {}, 1, 0, 0};
  to[0xf3] = {end_with_output<evm_end::returned>, 0, 2, 0};
  to[0xfd] = {end_with_output<evm_end::reverted>, 0, 2, 0};
}

void push_immediate(evm_machine& at, uint8_t code) { at.push(at.immediate(code - 0x5fu)); }

void duplicate(evm_machine& at, uint8_t code) {
  auto value = at.peek(code - 0x80u);
  at.push(value);
}

void swap(evm_machine& at, uint8_t code) { at.peek(0).swap(at.peek(code - 0x8fu)); }

void emit_log(evm_machine& at, uint8_t code) {
  auto offset = at.pop(), size = at.pop();
  log said{at.call().contract, {}, {}};
  for (int topics = code - 0xa0; topics > 0; --topics)
    said.topics.push_back(abi_word(at.pop()));
  auto data = at.memory(offset, size);
  if (!data || !at.spend(8 * data->size()))
    return;
  said.data.assign(data->begin(), data->end());
  at.emit(std::move(said));
}

void add_numbered(table& to) {
  to[0x50] = {[](evm_machine& at, uint8_t) { at.pop(); }, 2, 1, 0};
  to[0x5f] = {push_immediate, 2, 0, 1};
  for (uint8_t i = 0; i < 32; ++i)
    to[0x60 + i] = {push_immediate, 3, 0, 1};
  for (uint8_t i = 0; i < 16; ++i) {
    to[0x80 + i] = {duplicate, 3, uint8_t(i + 1), uint8_t(i + 2)};
    to[0x90 + i] = {swap, 3, uint8_t(i + 2), uint8_t(i + 2)};
  }
  for (uint8_t i = 0; i < 5; ++i)
    to[0xa0 + i] = {emit_log, uint16_t(375 * (i + 1)), uint8_t(i + 2), 0};
}

table all_operations() {
  table operations{};
  add_arithmetic(operations);
  add_comparisons(operations);
  add_environment(operations);
  add_data(operations);
  add_flow(operations);
  add_numbered(operations);
  return operations;
}

} // namespace

const evm_operation& evm_operation_of(uint8_t code) {
  static const auto operations = all_operations();
  return operations[code];
}

} // namespace flwr
