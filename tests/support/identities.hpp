/// Keys and runs for tests. The keys are public: nothing may ever lie behind them.
#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/chain/account.hpp"
#include "actors/chain/typed_messages.hpp"
#include "messages/parameters.hpp"

namespace flwr::test {

/// The private key with the number `n` + 1.
inline signing_key_ptr key_of(client_id n) {
  bytes raw(32);
  for (int i = 0; i < 8; ++i)
    raw[31 - static_cast<size_t>(i)] =
      static_cast<uint8_t>((static_cast<uint64_t>(n) + 1) >> (8 * i));
  return *signing_key::from_bytes(raw);
}

inline address address_of_client(client_id n) { return key_of(n)->address(); }

/// A run without a chain.
inline run_identity some_run() { return {.run = {0x52}, .domain = run_domain(0, {})}; }

/// The answer as client `who` would sign it.
inline fit_res signed_by(client_id who, fit_res res) {
  res.client = who;
  res.signature = *sign_update(res, who, some_run(), *key_of(who));
  return res;
}

/// The same signature with n - s for s: as valid on the curve, refused by EIP-2.
inline signature_bytes with_high_s(const signature_bytes& low) {
  auto value = *signature_from_bytes(low);
  value.s = u256{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"} - value.s;
  value.parity ^= 1;
  return to_bytes(value);
}

} // namespace flwr::test
