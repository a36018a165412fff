#include "actors/chain/transaction_rules.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace flwr {
namespace {

constexpr uint64_t base_gas = 21'000, creation_gas = 32'000;
constexpr uint64_t zero_byte_gas = 4, other_byte_gas = 16;
constexpr uint64_t listed_address_gas = 2'400, listed_key_gas = 1'900;
constexpr uint64_t init_code_word_gas = 2, word_bytes = 32;

caf::error refused(const std::string& why) { return make_error(ec::rejected, why); }

uint64_t creation_code_gas(const bytes& code) {
  return creation_gas + init_code_word_gas * ((code.size() + word_bytes - 1) / word_bytes);
}

} // namespace

uint64_t intrinsic_gas(const transaction& tx) {
  auto zeros = static_cast<uint64_t>(std::ranges::count(tx.data, 0));
  auto gas = base_gas + zeros * zero_byte_gas + (tx.data.size() - zeros) * other_byte_gas;
  if (!tx.to)
    gas += creation_code_gas(tx.data);
  for (const auto& entry : tx.access_list)
    gas += listed_address_gas + entry.storage_keys.size() * listed_key_gas;
  return gas;
}

expected<void> check_transaction(const transaction& tx) {
  if (tx.nonce == std::numeric_limits<uint64_t>::max())
    return refused("nonce has max value: " + std::to_string(tx.nonce));
  if (auto least = intrinsic_gas(tx); tx.gas_limit < least)
    return refused("intrinsic gas too low: have " + std::to_string(tx.gas_limit) + ", want "
                   + std::to_string(least));
  if (!tx.to && tx.data.size() > max_init_code_bytes)
    return refused("max initcode size exceeded: code size " + std::to_string(tx.data.size())
                   + ", limit " + std::to_string(max_init_code_bytes));
  if (tx.max_priority_fee_per_gas > tx.max_fee_per_gas)
    return refused("max priority fee per gas higher than max fee per gas: "
                   + tx.max_priority_fee_per_gas.str() + " wei above " + tx.max_fee_per_gas.str());
  if (tx.max_fee_per_gas > std::numeric_limits<u256>::max() / std::max<uint64_t>(tx.gas_limit, 1))
    return refused("gas limit times fee passes 2^256 wei");
  return {};
}

} // namespace flwr
