#include "actors/chain/embedded_state.hpp"

#include "actors/chain/run_contract_code.hpp"
#include "actors/hash/hex.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t code_byte_gas = 200; // Yellow paper, appendix G: G_codedeposit.
constexpr uint64_t refund_quotient = 5; // EIP-3529.

caf::error refused(const embedded_message& message, const std::string& why) {
  return make_error(ec::rejected, "the ledger doesn't take transaction "
                                    + std::to_string(message.nonce) + " of " + to_0x(message.from)
                                    + ": " + why);
}

/// The account without its code and storage, which a change needn't repeat.
embedded_account bare(const embedded_state& state, const address& who) {
  auto found = state.find(who);
  if (found == state.end())
    return {};
  return {found->second.nonce, found->second.balance, nullptr, {}};
}

embedded_account& changed(embedded_change& change, const embedded_state& state,
                          const address& who) {
  return change.try_emplace(who, bare(state, who)).first->second;
}

bool creates_a_run(std::span<const uint8_t> data) {
  auto code = run_creation_code();
  return data.size() >= code.size() && std::ranges::equal(data.first(code.size()), code);
}

expected<void> check(const embedded_state& state, const embedded_message& message) {
  auto account = bare(state, message.from);
  if (message.nonce != account.nonce)
    return refused(message, "its account's next is " + std::to_string(account.nonce));
  if (message.gas_limit < message.intrinsic_gas)
    return refused(message, "its gas limit of " + std::to_string(message.gas_limit)
                              + " is below the " + std::to_string(message.intrinsic_gas)
                              + " that it takes before any code runs");
  // Neither the product nor the sum of 256-bit numbers may wrap.
  boost::multiprecision::uint1024_t needed{message.max_gas_price};
  needed = needed * message.gas_limit + message.value;
  if (needed > account.balance)
    return refused(message, "its account has " + account.balance.str() + " wei, and it may need "
                              + needed.str());
  if (!message.to && !creates_a_run(message.data))
    return refused(message, "it creates another contract than this version's FederatedRun, and "
                            "the embedded ledger runs no other");
  return {};
}

evm_call call_of(const embedded_message& message, const embedded_block& block, uint64_t gas) {
  auto contract = message.to.value_or(message.created);
  auto touched = message.access_list.find(contract);
  return {{},
          message.data,
          contract,
          message.from,
          message.value,
          gas,
          touched == message.access_list.end() ? std::set<u256>{} : touched->second,
          block.block};
}

evm_result run_code(const embedded_state& state, evm_call call) {
  static const embedded_account nobody;
  auto found = state.find(call.contract);
  const auto& account = found == state.end() ? nobody : found->second;
  if (!account.code)
    return {evm_end::returned, call.gas, 0, {}, {}, {}};
  call.code = *account.code;
  return run_evm(call, account.storage);
}

/// What the creation code returns is the contract's code, which is paid by the byte.
evm_result create(evm_call call) {
  call.code = std::exchange(call.data, {});
  auto result = run_evm(call, {});
  auto deposit = code_byte_gas * result.output.size();
  if (result.end != evm_end::returned)
    return result;
  if (deposit > result.gas_left)
    return {};
  result.gas_left -= deposit;
  return result;
}

evm_result run_message(const embedded_state& state, const embedded_message& message,
                       const embedded_block& block, uint64_t gas) {
  auto call = call_of(message, block, gas);
  return message.to ? run_code(state, call) : create(call);
}

/// Value, storage and code, which only a success changes.
void settle(embedded_change& change, const embedded_state& state, const embedded_message& message,
            evm_result& result) {
  auto target = message.to.value_or(message.created);
  changed(change, state, message.from).balance -= message.value;
  auto& account = changed(change, state, target);
  account.balance += message.value;
  account.storage = std::move(result.changes);
  if (message.to)
    return;
  account.nonce = 1; // EIP-161.
  account.code = std::make_shared<const bytes>(std::exchange(result.output, {}));
}

embedded_outcome outcome_of(evm_result result, uint64_t gas_used) {
  return {result.end == evm_end::returned, gas_used,     std::move(result.logs),
          std::move(result.output),        std::nullopt, {}};
}

} // namespace

expected<embedded_outcome> execute(const embedded_state& state, const embedded_message& message,
                                   const embedded_block& block) {
  if (auto fine = check(state, message); !fine)
    return fine.error();
  auto result = run_message(state, message, block, message.gas_limit - message.intrinsic_gas);
  auto gas_used = message.gas_limit - result.gas_left;
  gas_used -= std::min(result.refund, gas_used / refund_quotient);

  embedded_change change;
  auto fee = message.gas_price * gas_used;
  auto& sender = changed(change, state, message.from);
  ++sender.nonce;
  sender.balance -= fee;
  changed(change, state, block.beneficiary).balance += fee;
  auto succeeded = result.end == evm_end::returned;
  if (succeeded)
    settle(change, state, message, result);

  auto outcome = outcome_of(std::move(result), gas_used);
  if (succeeded && !message.to)
    outcome.contract = message.created;
  outcome.change = std::move(change);
  return outcome;
}

embedded_outcome call(const embedded_state& state, const embedded_message& message,
                      const embedded_block& block) {
  auto result = run_message(state, message, block, message.gas_limit);
  auto gas_used = message.gas_limit - result.gas_left;
  return outcome_of(std::move(result), gas_used);
}

embedded_state applied(embedded_state state, const embedded_change& change) {
  for (const auto& [who, after] : change) {
    auto& account = state[who];
    account.nonce = after.nonce;
    account.balance = after.balance;
    if (after.code)
      account.code = after.code;
    for (const auto& [slot, value] : after.storage)
      if (value == 0)
        account.storage.erase(slot);
      else
        account.storage[slot] = value;
  }
  return state;
}

} // namespace flwr
