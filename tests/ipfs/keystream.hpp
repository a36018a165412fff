#pragma once

#include "actors/hash/sha256.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace flwr::test {

/// The ChaCha20 keystream under the key SHA-256(seed), with nonce and counter zero.
class keystream {
public:
  explicit keystream(const std::string& seed) : context_(EVP_CIPHER_CTX_new()) {
    auto key = sha256({reinterpret_cast<const uint8_t*>(seed.data()), seed.size()});
    std::array<uint8_t, 16> counter_and_nonce{};
    if (EVP_EncryptInit_ex(context_.get(), EVP_chacha20(), nullptr, key.data(),
                           counter_and_nonce.data())
        != 1)
      throw std::runtime_error{"OpenSSL has no ChaCha20"};
  }

  /// The next bytes of the stream.
  bytes next(size_t size) {
    bytes data(size);
    int written = 0;
    EVP_EncryptUpdate(context_.get(), data.data(), &written, data.data(), static_cast<int>(size));
    return data;
  }

private:
  struct free_context {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };

  std::unique_ptr<EVP_CIPHER_CTX, free_context> context_;
};

} // namespace flwr::test
