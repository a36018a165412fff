#include "actors/hash/aes_ctr.hpp"

#include <cryptopp/aes.h>
#include <cryptopp/modes.h>

namespace flwr {

void aes128_ctr(std::span<const uint8_t, 16> key, std::span<const uint8_t, 16> iv,
                std::span<uint8_t> data) {
  CryptoPP::CTR_Mode<CryptoPP::AES>::Encryption cipher{key.data(), key.size(), iv.data()};
  cipher.ProcessData(data.data(), data.data(), data.size());
}

} // namespace flwr
