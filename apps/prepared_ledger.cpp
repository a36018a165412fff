#include "apps/prepared_ledger.hpp"

#include "actors/chain/address.hpp"
#include "apps/accounts.hpp"
#include "apps/key_store.hpp"

#include <chrono>

namespace flwr {
namespace {

const u256 founding_balance{"1000000000000000000000000"}; // 10^24 wei, though nothing costs any.

uint64_t seconds_since_1970() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

expected<signing_key_ptr> account_of(const server_options& options, const run_directory& state,
                                     uint64_t chain_id) {
  if (options.account.empty())
    return load_or_make_dev_key(state.account_key());
  return open_account({.account = options.account,
                       .keys_folder = default_keys_folder(),
                       .password = {options.password_file}},
                      chain_id);
}

expected<embedded_ledger> open_or_found(const run_directory& state, const signing_key& account) {
  auto ledger = embedded_ledger::open(state.ledger(), journal_access::read_write);
  if (ledger || ledger.error() != ec::missing)
    return ledger;
  return embedded_ledger::create(state.ledger(), {.chain_id = embedded_chain_id,
                                                  .funded = {{account.address(), founding_balance}},
                                                  .timestamp = seconds_since_1970()});
}

} // namespace

expected<prepared_ledger> prepare_ledger(const server_options& options,
                                         const run_directory& state) {
  auto account = account_of(options, state, embedded_chain_id);
  if (!account)
    return account.error();
  auto opened = open_or_found(state, **account);
  if (!opened)
    return opened.error();
  auto ledger = std::make_shared<embedded_ledger>(std::move(*opened));
  auto nonce = ledger->nonce((*account)->address());
  return prepared_ledger{.ledger = std::move(ledger),
                         .chain_id = embedded_chain_id,
                         .account = *account,
                         .contract = create_address((*account)->address(), nonce)};
}

} // namespace flwr
