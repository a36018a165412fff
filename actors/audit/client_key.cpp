#include "actors/audit/client_key.hpp"

#include "actors/hash/key_derivation.hpp"

namespace flwr {
namespace {

constexpr std::string_view salt = "flwr-actor/client-key/1";

template <class Number>
void append(bytes& to, Number value) {
  for (int shift = 8 * (sizeof(value) - 1); shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(value >> shift));
}

} // namespace

expected<signing_key_ptr> client_key(uint64_t seed, client_id client) {
  bytes secret;
  append(secret, seed);
  for (uint32_t counter = 0;; ++counter) {
    bytes info;
    append(info, static_cast<uint64_t>(client));
    append(info, counter);
    auto number =
      hkdf_sha256(secret, {reinterpret_cast<const uint8_t*>(salt.data()), salt.size()}, info, 32);
    if (!number)
      return number.error();
    if (auto key = signing_key::from_bytes(*number))
      return key;
  }
}

} // namespace flwr
