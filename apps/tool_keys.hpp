/// What `flwr-actor keys` does.
#pragma once

#include "actors/hash/key_derivation.hpp"
#include "apps/password.hpp"
#include "messages/error.hpp"

#include <filesystem>
#include <string>

namespace flwr {

/// A command on the folder of keys.
struct keys_request {
  std::string name;
  std::filesystem::path folder;
  password_source password; ///< Of the new key file; of the imported one too, if it has one.
  scrypt_cost cost{};       ///< Of opening the new key file.
  bool json = false;
};

/// Where an imported key is from: one of the two files.
struct key_origin {
  std::string key_file{};      ///< 64 hex digits, or Web3 Secret Storage.
  std::string mnemonic_file{}; ///< BIP-39 words, without a passphrase.
  std::string path{}; ///< Of the account among those of the words; empty: m/44'/60'/0'/0/0.
};

/// `keys new`, `keys import`: puts a key into the folder.
/// @returns  Its address on one line, or JSON of schema `flwr-actor/key/1`.
/// @errors   As of `add_key`, `choose_password`, `key_of`, `account_of`.
expected<std::string> new_key(const keys_request&);
expected<std::string> import_key(const keys_request&, const key_origin&);

/// `keys address`: the address that the file says, without a password. Returns the same.
/// @errors  As of `find_key`, and missing -- the file doesn't say one.
expected<std::string> show_key(const keys_request&);

/// `keys list`: a name and an address a line, or JSON of schema `flwr-actor/keys/1`.
/// @errors  As of `keys_in`.
expected<std::string> list_keys(const keys_request&);

} // namespace flwr
