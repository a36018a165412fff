#include "actors/chain/abi_words.hpp"
#include "actors/chain/evm_machine.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <array>

namespace flwr {
namespace {

// Names and numbers of the yellow paper, appendix H.
enum opcode : uint8_t {
  op_stop = 0x00,
  op_add = 0x01,
  op_mul = 0x02,
  op_sub = 0x03,
  op_div = 0x04,
  op_lt = 0x10,
  op_gt = 0x11,
  op_slt = 0x12,
  op_sgt = 0x13,
  op_eq = 0x14,
  op_iszero = 0x15,
  op_and = 0x16,
  op_or = 0x17,
  op_not = 0x19,
  op_shl = 0x1b,
  op_shr = 0x1c,
  op_keccak256 = 0x20,
  op_address = 0x30,
  op_caller = 0x33,
  op_callvalue = 0x34,
  op_calldataload = 0x35,
  op_calldatasize = 0x36,
  op_calldatacopy = 0x37,
  op_codesize = 0x38,
  op_codecopy = 0x39,
  op_timestamp = 0x42,
  op_number = 0x43,
  op_chainid = 0x46,
  op_pop = 0x50,
  op_mload = 0x51,
  op_mstore = 0x52,
  op_sload = 0x54,
  op_sstore = 0x55,
  op_jump = 0x56,
  op_jumpi = 0x57,
  op_jumpdest = 0x5b,
  op_push0 = 0x5f,
  op_push1 = 0x60,
  op_dup1 = 0x80,
  op_swap1 = 0x90,
  op_log0 = 0xa0,
  op_return = 0xf3,
  op_revert = 0xfd,
};

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
  to[op_add] = binary(3, [](number a, number b) { return a + b; });
  to[op_mul] = binary(5, [](number a, number b) { return a * b; });
  to[op_sub] = binary(3, [](number a, number b) { return a - b; });
  to[op_div] = binary(5, [](number a, number b) { return b == 0 ? u256{} : u256{a / b}; });
  to[op_and] = binary(3, [](number a, number b) { return a & b; });
  to[op_or] = binary(3, [](number a, number b) { return a | b; });
  to[op_not] = {[](evm_machine& at, uint8_t) { at.push(~at.pop()); }, 3, 1, 1};
  to[op_shl] = binary(3, [](number n, number a) { return n < 256 ? a << unsigned(n) : u256{}; });
  to[op_shr] = binary(3, [](number n, number a) { return n < 256 ? a >> unsigned(n) : u256{}; });
}

void add_comparisons(table& to) {
  to[op_lt] = binary(3, [](number a, number b) { return a < b; });
  to[op_gt] = binary(3, [](number a, number b) { return a > b; });
  to[op_slt] = binary(3, [](number a, number b) { return signed_order(a) < signed_order(b); });
  to[op_sgt] = binary(3, [](number a, number b) { return signed_order(a) > signed_order(b); });
  to[op_eq] = binary(3, [](number a, number b) { return a == b; });
  to[op_iszero] = {[](evm_machine& at, uint8_t) { at.push(at.pop() == 0); }, 3, 1, 1};
}

void add_environment(table& to) {
  to[op_address] = environment([](const evm_call& call) { return number_in(call.contract); });
  to[op_caller] = environment([](const evm_call& call) { return number_in(call.caller); });
  to[op_callvalue] = environment([](const evm_call& call) { return call.value; });
  to[op_calldatasize] = environment([](const evm_call& call) { return call.data.size(); });
  to[op_codesize] = environment([](const evm_call& call) { return call.code.size(); });
  to[op_timestamp] = environment([](const evm_call& call) { return call.block.timestamp; });
  to[op_number] = environment([](const evm_call& call) { return call.block.number; });
  to[op_chainid] = environment([](const evm_call& call) { return call.block.chain_id; });
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
  to[op_keccak256] = {keccak, 30, 2, 1};
  to[op_calldataload] = {load_calldata, 3, 1, 1};
  to[op_calldatacopy] = {[](evm_machine& at, uint8_t) { at.copy_to_memory(at.call().data); }, 3, 3,
                         0};
  to[op_codecopy] = {[](evm_machine& at, uint8_t) { at.copy_to_memory(at.call().code); }, 3, 3, 0};
  to[op_mload] = {load_memory, 3, 1, 1};
  to[op_mstore] = {store_memory, 3, 2, 0};
  to[op_sload] = {[](evm_machine& at, uint8_t) { at.load(); }, 0, 1, 1};
  to[op_sstore] = {[](evm_machine& at, uint8_t) { at.store(); }, 0, 2, 0};
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
  to[op_stop] = {[](evm_machine& at, uint8_t) { at.stop(evm_end::returned); }, 0, 0, 0};
  to[op_jump] = {[](evm_machine& at, uint8_t) { at.jump(at.pop()); }, 8, 1, 0};
  to[op_jumpi] = {jump_if, 10, 2, 0};
  to[op_jumpdest] = {[](evm_machine&, uint8_t) {}, 1, 0, 0};
  to[op_return] = {end_with_output<evm_end::returned>, 0, 2, 0};
  to[op_revert] = {end_with_output<evm_end::reverted>, 0, 2, 0};
}

void push_immediate(evm_machine& at, uint8_t code) {
  at.push(at.immediate(size_t{code} - op_push0));
}

void duplicate(evm_machine& at, uint8_t code) {
  auto value = at.peek(size_t{code} - op_dup1);
  at.push(value);
}

void swap(evm_machine& at, uint8_t code) { at.peek(0).swap(at.peek(size_t{code} - op_swap1 + 1)); }

void emit_log(evm_machine& at, uint8_t code) {
  auto offset = at.pop(), size = at.pop();
  log said{at.call().contract, {}, {}};
  for (int topics = code - op_log0; topics > 0; --topics)
    said.topics.push_back(abi_word(at.pop()));
  auto data = at.memory(offset, size);
  if (!data || !at.spend(8 * data->size()))
    return;
  said.data.assign(data->begin(), data->end());
  at.emit(std::move(said));
}

void add_numbered(table& to) {
  to[op_pop] = {[](evm_machine& at, uint8_t) { at.pop(); }, 2, 1, 0};
  to[op_push0] = {push_immediate, 2, 0, 1};
  for (uint8_t i = 0; i < 32; ++i)
    to[op_push1 + i] = {push_immediate, 3, 0, 1};
  for (uint8_t i = 0; i < 16; ++i) {
    to[op_dup1 + i] = {duplicate, 3, uint8_t(i + 1), uint8_t(i + 2)};
    to[op_swap1 + i] = {swap, 3, uint8_t(i + 2), uint8_t(i + 2)};
  }
  for (uint8_t i = 0; i < 5; ++i)
    to[op_log0 + i] = {emit_log, uint16_t(375 * (i + 1)), uint8_t(i + 2), 0};
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
