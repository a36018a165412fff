#include "actors/hash/philox.hpp"

#include "actors/hash/sha256.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace flwr {
namespace {

void append_be64(bytes& to, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(value >> shift));
}

void append_text(bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
  to.push_back(0);
}

} // namespace

std::array<uint32_t, 4> philox_block(const std::array<uint32_t, 4>& counter, uint64_t key) {
  r123::Philox4x32::key_type k{{static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)}};
  r123::Philox4x32::ctr_type c{{counter[0], counter[1], counter[2], counter[3]}};
  auto out = r123::Philox4x32{}(c, k);
  return {out[0], out[1], out[2], out[3]};
}

uint64_t stream_key(std::string_view purpose, uint64_t seed, uint64_t client, uint64_t round) {
  bytes input;
  append_text(input, "flwr-actor/random/1");
  append_text(input, purpose);
  for (auto value : {seed, client, round})
    append_be64(input, value);
  auto digest = sha256(input);
  uint64_t key = 0;
  for (int i = 7; i >= 0; --i)
    key = key << 8 | digest[static_cast<size_t>(i)];
  return key;
}

uint32_t philox::next() {
  if (used_ == words_.size()) {
    words_ = philox_block(
      {static_cast<uint32_t>(block_), static_cast<uint32_t>(block_ >> 32), 0, 0}, key_);
    ++block_;
    used_ = 0;
  }
  return words_[used_++];
}

uint32_t philox::below(uint32_t n) {
  auto limit = (uint64_t{1} << 32) / n * n;
  for (;;)
    if (auto word = next(); word < limit)
      return word % n;
}

float philox::uniform() { return static_cast<float>(next() >> 8) * 0x1p-24f; }

uint64_t philox::bits53() {
  uint64_t high = next();
  return (high << 32 | next()) >> 11;
}

double philox::normal() {
  auto u = static_cast<double>(bits53() + 1) * 0x1p-53;
  auto v = static_cast<double>(bits53()) * 0x1p-53;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

} // namespace flwr
