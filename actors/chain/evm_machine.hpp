/// The machine behind evm.hpp, for its own sources.
#pragma once

#include "actors/chain/evm.hpp"

#include <optional>

namespace flwr {

/// The state of a run. `end` is set by whatever ends it; nothing may be relied on afterwards.
class evm_machine {
public:
  evm_machine(const evm_call&, const evm_storage&);

  /// Runs to the end.
  evm_result run();

  const evm_call& call() const { return call_; }

  /// The stack. Operations say beforehand how much they take, so that these can't fail.
  u256 pop();
  void push(const u256&);
  u256& peek(size_t depth); ///< 0: the top.

  /// Takes gas; false, and the end, if there isn't enough.
  bool spend(uint64_t gas);
  uint64_t gas() const { return gas_; }

  /// Memory from `offset` on, grown and paid for as need be; nothing, and the end, if it can't be.
  std::optional<std::span<uint8_t>> memory(const u256& offset, const u256& size);

  /// Bytes of `from`, or zeros behind its end, into memory.
  void copy_to_memory(std::span<const uint8_t> from);

  /// The `count` bytes that follow the operation in the code, as a number; passes over them.
  u256 immediate(size_t count);

  /// Goes on elsewhere; the end, if that is no JUMPDEST.
  void jump(const u256& to);

  /// Storage: EIP-2200 with the prices of EIP-2929 and the refunds of EIP-3529.
  void load();
  void store();

  void emit(log);
  void stop(evm_end, bytes output = {});

private:
  void step();
  u256 current(const u256& slot) const;
  u256 original(const u256& slot) const;
  bool make_warm(const u256& slot);
  void note_refund(const u256& original, const u256& current, const u256& value);

  const evm_call& call_;
  const evm_storage& storage_;
  std::vector<bool> jump_destinations_;
  uint64_t gas_;
  size_t next_ = 0; // In the code.
  std::vector<u256> stack_;
  bytes memory_;
  std::set<u256> warm_;
  evm_storage changes_;
  int64_t refund_ = 0;
  std::vector<log> logs_;
  bytes output_;
  std::optional<evm_end> end_;
};

/// An operation: what it takes in any case, and what it does.
struct evm_operation {
  void (*run)(evm_machine&, uint8_t code) = nullptr; ///< Nothing: unknown.
  uint16_t gas = 0;
  uint8_t takes = 0; ///< From the stack.
  uint8_t gives = 0;
};

/// The operation of that code.
const evm_operation& evm_operation_of(uint8_t code);

} // namespace flwr
