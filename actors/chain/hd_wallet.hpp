/// Many accounts from one seed.
/// @source  BIP-32, BIP-44.
#pragma once

#include "actors/chain/account.hpp"
#include "actors/hash/secret_bytes.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace flwr {

/// The steps of a path, from the master key down. A step of `hardened_step` and more needs the
/// private key above it.
using hd_path = std::vector<uint32_t>;
inline constexpr uint32_t hardened_step = 1u << 31;

/// BIP-32 counts levels in a byte.
inline constexpr size_t max_hd_depth = 255;

/// Reads `m/44'/60'/0'/0/7`: numbers below 2^31, hardened ones marked by `'`, `h` or `H`; `m` alone
/// is the master key.
/// @errors  usage -- no such path; names the step.
expected<hd_path> hd_path_from(std::string_view text);

/// A key from which others can be derived.
struct hd_node {
  signing_key_ptr key;
  secret_bytes chain_code; ///< 32 bytes: with it, a child's private key gives away its parent's.
};

/// The master key of a seed of 16 to 64 bytes. Pure, as all here; any thread.
/// @errors  rejected -- another length, or a seed (one of 2^127) that has no key.
expected<hd_node> master_node(std::span<const uint8_t> seed);

/// The node that a path leads to.
/// @errors  rejected -- the path has more than 255 steps, or one (of 2^127) that has no key.
expected<hd_node> derive(const hd_node& from, std::span<const uint32_t> path);

/// The account of a mnemonic at a path: `seed_of`, `master_node` and `derive` in one.
expected<signing_key_ptr> account_of(std::string_view mnemonic, std::string_view passphrase,
                                     std::string_view path);

} // namespace flwr
