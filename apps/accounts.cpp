#include "apps/accounts.hpp"

#include "actors/chain/hd_wallet.hpp"
#include "actors/chain/ledger_file.hpp"
#include "apps/key_files.hpp"
#include "apps/key_store.hpp"
#include "apps/option_values.hpp"
#include "messages/unknown_word.hpp"

#include <algorithm>
#include <array>

namespace flwr {
namespace {

namespace fs = std::filesystem;
using std::literals::operator""sv;

constexpr std::string_view dev_prefix = "dev:";
constexpr std::array<uint64_t, 3> development_chains{1337, 31337, embedded_chain_id};

/// A node's own accounts, which it publishes so that tests can use them.
struct development_wallet {
  std::string_view name, mnemonic;
};

constexpr std::array development_wallets{
  development_wallet{"anvil", "test test test test test test test test test test test junk"},
  development_wallet{"ganache", "myth like bonus scare over problem client lizard pioneer submit "
                                "female collect"},
};

bool names_file(std::string_view account) {
  return account.find('/') != std::string_view::npos || account.ends_with(".key")
         || account.ends_with(".json");
}

/// `wallet_and_number`: `anvil:0`.
expected<signing_key_ptr> development_account(std::string_view wallet_and_number) {
  auto colon = wallet_and_number.find(':');
  auto name = wallet_and_number.substr(0, colon);
  auto wallet = std::ranges::find(development_wallets, name, &development_wallet::name);
  if (wallet == development_wallets.end())
    return unknown_word("development wallet", name, std::array{"anvil:N"sv, "ganache:N"sv});
  auto number = colon == std::string_view::npos
                  ? std::nullopt
                  : parse_count(wallet_and_number.substr(colon + 1), 0, hardened_step - 1);
  if (!number)
    return make_error(
      ec::usage, "a development account needs its number, as in dev:" + std::string{name} + ":0");
  return account_of(wallet->mnemonic, {}, "m/44'/60'/0'/0/" + std::to_string(*number));
}

expected<void> check_development_chain(uint64_t chain_id) {
  if (std::ranges::find(development_chains, chain_id) != development_chains.end())
    return caf::unit;
  return make_error(ec::usage,
                    "the keys of development accounts are public: whatever they hold can "
                    "be taken. They serve on chains 1337, 31337 and the embedded "
                    "ledger, not on chain "
                      + std::to_string(chain_id) + "; make a key with: flwr-actor keys new NAME");
}

expected<signing_key_ptr> key_in(const fs::path& path, const password_source& password) {
  auto file = read_private(path);
  return file ? key_of(*file, password) : std::move(file.error());
}

} // namespace

expected<signing_key_ptr> open_account(const account_options& options, uint64_t chain_id) {
  std::string_view account = options.account;
  if (account.starts_with(dev_prefix)) {
    auto allowed = check_development_chain(chain_id);
    return allowed ? development_account(account.substr(dev_prefix.size())) : allowed.error();
  }
  if (names_file(account))
    return key_in(account, options.password);
  auto stored = find_key(options.keys_folder, account);
  return stored ? key_in(stored->file, options.password) : std::move(stored.error());
}

expected<signing_key_ptr> load_or_make_dev_key(const fs::path& path) {
  std::error_code failed;
  if (!fs::exists(fs::symlink_status(path, failed))) {
    auto key = random_key();
    if (!key)
      return key;
    // If another process made one in the meantime, that one counts.
    auto written = write_new_file(path, as_text(plain_text(**key)));
    if (!written && !fs::exists(path, failed))
      return written.error();
  }
  auto file = read_private(path);
  return file ? plain_key(*file) : std::move(file.error());
}

} // namespace flwr
