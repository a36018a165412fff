#include "actors/chain/account.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/words.hpp"
#include "actors/hash/keccak256.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <string.h>

#include <algorithm>

namespace flwr {
namespace {

/// The one context: costly to make, and safe to share since nothing changes it. It is never freed,
/// as threads may sign until the process ends.
const secp256k1_context* curve() {
  static const auto* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  return context;
}

public_key serialized(const secp256k1_pubkey& point) {
  std::array<uint8_t, 65> uncompressed; // A 4 comes first.
  auto length = uncompressed.size();
  secp256k1_ec_pubkey_serialize(curve(), uncompressed.data(), &length, &point,
                                SECP256K1_EC_UNCOMPRESSED);
  public_key key;
  std::copy(uncompressed.begin() + 1, uncompressed.end(), key.begin());
  return key;
}

/// r and s, as the library reads and writes them.
std::array<uint8_t, 64> compact(const signature& signed_by) {
  std::array<uint8_t, 64> numbers;
  std::ranges::copy(to_word(signed_by.r), numbers.begin());
  std::ranges::copy(to_word(signed_by.s), numbers.begin() + 32);
  return numbers;
}

/// Whether s is the lower one of the two that are right.
bool has_low_s(const secp256k1_ecdsa_recoverable_signature& parsed) {
  secp256k1_ecdsa_signature plain;
  secp256k1_ecdsa_recoverable_signature_convert(curve(), &plain, &parsed);
  return !secp256k1_ecdsa_signature_normalize(curve(), nullptr, &plain);
}

} // namespace

std::array<uint8_t, 33> compressed(const public_key& key) {
  std::array<uint8_t, 33> point;
  point[0] = static_cast<uint8_t>(2 + (key.back() & 1));
  std::copy_n(key.begin(), 32, point.begin() + 1);
  return point;
}

address address_of(const public_key& key) { return address_in(keccak256(key)); }

std::array<uint8_t, 65> to_bytes(const signature& signed_by) {
  std::array<uint8_t, 65> data;
  std::ranges::copy(compact(signed_by), data.begin());
  data.back() = static_cast<uint8_t>(27 + signed_by.parity);
  return data;
}

std::optional<signature> signature_from_bytes(std::span<const uint8_t> data) {
  if (data.size() != 65 || (data.back() != 27 && data.back() != 28))
    return std::nullopt;
  return signature{to_u256(data.first(32)), to_u256(data.subspan(32, 32)),
                   static_cast<uint8_t>(data.back() - 27)};
}

std::optional<address> recover(const hash256& digest, const signature& signed_by) {
  secp256k1_ecdsa_recoverable_signature parsed;
  secp256k1_pubkey point;
  if (signed_by.parity > 1
      || !secp256k1_ecdsa_recoverable_signature_parse_compact(
        curve(), &parsed, compact(signed_by).data(), signed_by.parity)
      || !has_low_s(parsed) || !secp256k1_ecdsa_recover(curve(), &point, &parsed, digest.data()))
    return std::nullopt;
  return address_of(serialized(point));
}

expected<signing_key_ptr> signing_key::from_bytes(std::span<const uint8_t> secret) {
  secp256k1_pubkey point;
  if (secret.size() != 32 || !secp256k1_ec_pubkey_create(curve(), &point, secret.data()))
    return make_error(ec::rejected, "no private key: it has to be 32 bytes, a number from 1 to the "
                                    "order of secp256k1 less 1");
  return signing_key_ptr{new signing_key{secret, serialized(point)}};
}

signing_key::signing_key(std::span<const uint8_t> secret, const flwr::public_key& key)
  : public_key_(key), address_(address_of(key)) {
  std::ranges::copy(secret, secret_.begin());
}

signing_key::~signing_key() { explicit_bzero(secret_.data(), secret_.size()); }

signature signing_key::sign(const hash256& digest) const {
  secp256k1_ecdsa_recoverable_signature made;
  secp256k1_ecdsa_sign_recoverable(curve(), &made, digest.data(), secret_.data(), nullptr, nullptr);
  std::array<uint8_t, 64> numbers;
  int parity = 0;
  secp256k1_ecdsa_recoverable_signature_serialize_compact(curve(), numbers.data(), &parity, &made);
  auto both = std::span<const uint8_t>{numbers};
  return {to_u256(both.first(32)), to_u256(both.subspan(32)), static_cast<uint8_t>(parity)};
}

expected<signing_key_ptr> signing_key::plus(std::span<const uint8_t, 32> tweak) const {
  auto sum = secret_;
  auto added = secp256k1_ec_seckey_tweak_add(curve(), sum.data(), tweak.data());
  auto key = added ? from_bytes(sum) : make_error(ec::rejected, "no private key has this number");
  explicit_bzero(sum.data(), sum.size());
  return key;
}

} // namespace flwr
