/// The account that a program signs with.
#pragma once

#include "actors/chain/account.hpp"
#include "apps/password.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace flwr {

/// Who signs, and where the password is from.
struct account_options {
  /// The value of --account:
  ///   `NAME`                            a key in `keys_folder`;
  ///   `DIR/FILE`, `FILE.key`, `.json`   a key file of either kind;
  ///   `dev:anvil:N`, `dev:ganache:N`    a development account that everybody knows.
  std::string account;
  std::filesystem::path keys_folder;
  password_source password;
};

/// Opens the account; takes a second or so, and may ask for a password.
///
/// @param   chain_id  Development accounts serve on 1337, 31337 and the embedded ledger only.
/// @errors  usage -- no such account, name, file or development account on this chain; else those
///          of `key_of`. Never repeats what may be a secret.
expected<signing_key_ptr> open_account(const account_options&, uint64_t chain_id);

/// The development key in a file of 64 hex digits and a newline, mode 0600; makes one, durably, if
/// there is no file. A damaged file stays as it is.
/// @errors  As of `plain_key`, `random_key` and `write_new_file`.
expected<signing_key_ptr> load_or_make_dev_key(const std::filesystem::path&);

} // namespace flwr
