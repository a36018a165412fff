#include "actors/hash/key_derivation.hpp"

#include <cryptopp/scrypt.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>

#include <bit>
#include <memory>
#include <vector>

namespace flwr {
namespace {

const uint8_t* data_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

expected<secret_bytes> pbkdf2(const EVP_MD* hash, std::string_view password,
                              std::span<const uint8_t> salt, uint32_t rounds, size_t size) {
  constexpr size_t most = INT32_MAX; // OpenSSL counts in ints.
  secret_bytes key(size);
  if (password.size() > most || salt.size() > most || rounds > most || size > most
      || !PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                            static_cast<int>(salt.size()), static_cast<int>(rounds), hash,
                            static_cast<int>(size), key.data()))
    return make_error(ec::rejected, "PBKDF2 doesn't take these sizes");
  return key;
}

using kdf_context = std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)>;

kdf_context new_hkdf() {
  std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kdf{EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                        EVP_KDF_free};
  return {EVP_KDF_CTX_new(kdf.get()), EVP_KDF_CTX_free};
}

// OpenSSL refuses nothing at all, and takes what it only reads as if it wrote.
void append(std::vector<OSSL_PARAM>& to, const char* name, std::span<const uint8_t> value) {
  if (!value.empty())
    to.push_back(
      OSSL_PARAM_construct_octet_string(name, const_cast<uint8_t*>(value.data()), value.size()));
}

} // namespace

expected<secret_bytes> scrypt(std::string_view password, std::span<const uint8_t> salt,
                              const scrypt_cost& cost, size_t size) try {
  if (cost.n < 2 || !std::has_single_bit(cost.n)) // Crypto++ takes 1.
    return make_error(ec::rejected, "scrypt's n has to be a power of two, and at least 2");
  secret_bytes key(size);
  CryptoPP::Scrypt{}.DeriveKey(key.data(), size, data_of(password), password.size(), salt.data(),
                               salt.size(), cost.n, cost.r, cost.p);
  return key;
} catch (const std::exception& failed) {
  return make_error(ec::rejected, std::string{"scrypt can't run with this cost: "} + failed.what());
}

expected<secret_bytes> pbkdf2_sha256(std::string_view password, std::span<const uint8_t> salt,
                                     uint32_t rounds, size_t size) {
  return pbkdf2(EVP_sha256(), password, salt, rounds, size);
}

expected<secret_bytes> pbkdf2_sha512(std::string_view password, std::span<const uint8_t> salt,
                                     uint32_t rounds, size_t size) {
  return pbkdf2(EVP_sha512(), password, salt, rounds, size);
}

expected<secret_bytes> hkdf_sha256(std::span<const uint8_t> secret, std::span<const uint8_t> salt,
                                   std::span<const uint8_t> info, size_t size) {
  char hash[] = "SHA256";
  std::vector<OSSL_PARAM> parameters{
    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash, 0)};
  append(parameters, OSSL_KDF_PARAM_KEY, secret);
  append(parameters, OSSL_KDF_PARAM_SALT, salt);
  append(parameters, OSSL_KDF_PARAM_INFO, info);
  parameters.push_back(OSSL_PARAM_construct_end());
  auto hkdf = new_hkdf();
  secret_bytes key(size);
  if (!hkdf || EVP_KDF_derive(hkdf.get(), key.data(), key.size(), parameters.data()) <= 0)
    return make_error(ec::rejected, "HKDF doesn't take these sizes");
  return key;
}

secret_bytes hmac_sha512(std::span<const uint8_t> key, std::span<const uint8_t> data) {
  secret_bytes code(64);
  HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
       code.data(), nullptr);
  return code;
}

} // namespace flwr
