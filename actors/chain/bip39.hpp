/// Twelve to twenty-four English words that stand for a wallet's seed.
/// @source  BIP-39.
#pragma once

#include "actors/hash/secret_bytes.hpp"
#include "messages/error.hpp"

#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// The random bytes behind a mnemonic. Words may be separated by any white space.
/// @errors  rejected -- not 12, 15, 18, 21 or 24 words, a word that isn't in the English list, or a
///          wrong checksum; says which, and never a right word.
expected<secret_bytes> entropy_of(std::string_view mnemonic);

/// The words for 16, 20, 24, 28 or 32 random bytes.
/// @errors  usage -- another length.
expected<std::string> mnemonic_of(std::span<const uint8_t> entropy);

/// A longer passphrase is a mistake.
inline constexpr size_t max_passphrase_bytes = 64 << 10;

/// The seed of a wallet, 64 bytes: PBKDF2-HMAC-SHA-512 of the words, 2048 rounds.
/// @param   passphrase  UTF-8, in any normal form; it is brought to NFKD. Any passphrase is right:
///                      another one gives another wallet.
/// @errors  rejected -- as `entropy_of`; the passphrase isn't UTF-8, or too long.
expected<secret_bytes> seed_of(std::string_view mnemonic, std::string_view passphrase = {});

} // namespace flwr
