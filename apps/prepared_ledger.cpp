#include "apps/prepared_ledger.hpp"

#include "actors/chain/address.hpp"
#include "apps/accounts.hpp"
#include "apps/exit_codes.hpp"
#include "apps/key_store.hpp"
#include "apps/ledger_folder.hpp"

#include <chrono>

namespace flwr {
namespace {

const u256 founding_balance{"1000000000000000000000000"}; // 10^24 wei, though nothing costs any.

expected<signing_key_ptr> account_of(const server_options& options, const run_directory& state,
                                     uint64_t chain_id) {
  if (options.account.empty())
    return load_or_make_dev_key(state.account_key());
  auto folder = default_keys_folder(process_environment());
  if (!folder)
    return folder.error();
  account_options who{.account = options.account, .keys_folder = *folder, .password = {}};
  if (!options.password_file.empty())
    who.password.file = options.password_file;
  auto account = open_account(who, chain_id);
  return account ? account : as_usage(account.error());
}

} // namespace

chain_seconds system_time() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<chain_seconds>(now);
}

expected<prepared_ledger> prepare_ledger(const server_options& options,
                                         const run_directory& state) {
  auto chain_id = embedded_chain_id;
  auto account = account_of(options, state, chain_id);
  if (!account)
    return account.error();
  ledger_genesis first;
  first.funded = {{(*account)->address(), founding_balance}};
  first.timestamp = system_time().count();
  auto opened = open_or_found_ledger(state, first);
  if (!opened)
    return opened.error();
  auto ledger = std::make_shared<embedded_ledger>(std::move(*opened));
  auto nonce = ledger->nonce((*account)->address());
  return prepared_ledger{.ledger = std::move(ledger),
                         .chain_id = chain_id,
                         .account = *account,
                         .contract = create_address((*account)->address(), nonce)};
}

} // namespace flwr
