#include "actors/chain/words.hpp"

#include <algorithm>

namespace flwr {

hash256 to_word(const u256& number) {
  hash256 word{};
  auto digits = minimal_bytes(number);
  std::ranges::copy(digits, word.end() - static_cast<ptrdiff_t>(digits.size()));
  return word;
}

u256 to_u256(std::span<const uint8_t> big_endian) {
  u256 number;
  if (!big_endian.empty()) // Of nothing import_bits makes no 0.
    boost::multiprecision::import_bits(number, big_endian.begin(), big_endian.end(), 8);
  return number;
}

bytes minimal_bytes(const u256& number) {
  bytes digits;
  if (number != 0)
    boost::multiprecision::export_bits(number, std::back_inserter(digits), 8);
  return digits;
}

} // namespace flwr
