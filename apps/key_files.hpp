/// Private keys in files: 64 hex digits, or Web3 Secret Storage (docs/formats.md).
#pragma once

#include "actors/chain/account.hpp"
#include "actors/hash/key_derivation.hpp"
#include "apps/password.hpp"
#include "apps/private_file.hpp"

#include <string>
#include <string_view>

namespace flwr {

/// Whether a file's text is JSON, and so the encrypted kind.
bool is_sealed(std::string_view text);

/// The key of a file with 64 hex digits, "0x" before them and white space behind them allowed.
/// @errors  usage -- others may read the file; corrupt -- it holds something else: says where in
/// the
///          file, never what; rejected -- the digits are no private key.
expected<signing_key_ptr> plain_key(const private_text&);

/// The key of an encrypted file. Takes a second or so; a hostile file is refused before that.
/// @errors  As of `open_keystore`, and corrupt -- the key isn't that of the file's address.
expected<signing_key_ptr> unsealed_key(const private_text&, std::string_view password);

/// The key of a file of either kind; asks for a password if it needs one.
/// @errors  As above, and those of `have_password`.
expected<signing_key_ptr> key_of(const private_text&, const password_source&);

/// The text of an encrypted file.
/// @errors  io -- the system has no random numbers; else those of `seal_keystore`.
expected<std::string> sealed_text(const signing_key&, std::string_view password,
                                  const scrypt_cost&);

/// The text of a file with 64 hex digits.
secret_bytes plain_text(const signing_key&);

/// A new key.
/// @errors  io -- the system has no random numbers.
expected<signing_key_ptr> random_key();

} // namespace flwr
