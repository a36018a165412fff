/// Accounts of Ethereum: keys and signatures on the curve secp256k1 (SEC 2, version 2).
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <array>
#include <memory>
#include <optional>
#include <span>

namespace flwr {

/// A point of the curve: its x and y, 32 bytes each, the high one first.
using public_key = std::array<uint8_t, 64>;

/// The 33 bytes of SEC 1: 2 or 3 by y's parity, then x. Pure, as everything here; any thread.
std::array<uint8_t, 33> compressed(const public_key&);

/// The account of that key: the last 20 bytes of its Keccak-256.
address address_of(const public_key&);

/// An ECDSA signature from which its key can be recovered.
struct signature {
  u256 r, s;
  uint8_t parity = 0; ///< Of the y of the point behind r: 0 or 1.

  friend bool operator==(const signature&, const signature&) = default;
};

/// r, s, and 27 + parity: the 65 bytes that Solidity's libraries and wallets exchange.
std::array<uint8_t, 65> to_bytes(const signature&);

/// Reads these 65 bytes; nothing if the length or the last byte is another. Whether r and s are in
/// range is recover's to say.
std::optional<signature> signature_from_bytes(std::span<const uint8_t>);

/// Who signed `digest`: nothing if nobody can have. Takes only signatures as `sign` makes them:
/// 0 < r < n and 0 < s <= n/2 (EIP-2), n being the curve's order.
std::optional<address> recover(const hash256& digest, const signature&);

class signing_key;
using signing_key_ptr = std::shared_ptr<const signing_key>;

/// A private key. It has one place in memory, which is wiped at the end, and no text form.
class signing_key {
public:
  /// Takes 32 bytes, a number in 1 ... n - 1. The caller wipes its own copy.
  /// @errors  rejected -- they are no such number; doesn't say what they are.
  static expected<signing_key_ptr> from_bytes(std::span<const uint8_t>);

  ~signing_key();
  signing_key(const signing_key&) = delete;
  signing_key& operator=(const signing_key&) = delete;

  const flwr::public_key& public_key() const { return public_key_; }
  const flwr::address& address() const { return address_; }

  /// Signs with the nonce of RFC 6979, so always alike, and the lower of the two possible s.
  signature sign(const hash256& digest) const;

  /// The key whose number is this one's plus `tweak`, modulo n: a step of BIP-32.
  /// @errors  rejected -- `tweak` is n or more, or the sum is 0; both as good as never.
  expected<signing_key_ptr> plus(std::span<const uint8_t, 32> tweak) const;

  /// For a keystore, which encrypts them, and for derived keys: nobody else.
  std::span<const uint8_t, 32> secret_bytes() const { return secret_; }

private:
  signing_key(std::span<const uint8_t> secret, const flwr::public_key&);

  std::array<uint8_t, 32> secret_;
  flwr::public_key public_key_;
  flwr::address address_;
};

} // namespace flwr
