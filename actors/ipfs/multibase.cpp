#include "actors/ipfs/multibase.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr std::string_view base16 = "0123456789abcdef";
constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view base64url =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

/// Digits of so many bits each, the first one on top; what they don't fill of a byte is zero.
std::optional<bytes> decode_bits(std::string_view text, std::string_view digits, unsigned width) {
  bytes data;
  uint32_t buffer = 0;
  unsigned held = 0;
  for (auto c : text) {
    auto digit = digits.find(c);
    if (digit == digits.npos)
      return std::nullopt;
    buffer = buffer << width | static_cast<uint32_t>(digit);
    held += width;
    if (held < 8)
      continue;
    held -= 8;
    data.push_back(static_cast<uint8_t>(buffer >> held));
    buffer &= (1u << held) - 1;
  }
  if (held >= width || buffer != 0)
    return std::nullopt;
  return data;
}

/// number = number * factor + carry, for a number in the base `radix` whose low digit is first.
void multiply_add(bytes& number, uint32_t radix, uint32_t factor, uint32_t carry) {
  for (auto& digit : number) {
    carry += digit * factor;
    digit = static_cast<uint8_t>(carry % radix);
    carry /= radix;
  }
  for (; carry > 0; carry /= radix)
    number.push_back(static_cast<uint8_t>(carry % radix));
}

/// The text as one large number; a zero digit in front stands for a zero byte.
std::optional<bytes> decode_number(std::string_view text, std::string_view digits) {
  bytes number;
  for (auto c : text) {
    auto digit = digits.find(c);
    if (digit == digits.npos)
      return std::nullopt;
    multiply_add(number, 256, static_cast<uint32_t>(digits.size()), static_cast<uint32_t>(digit));
  }
  auto zeros = std::min(text.find_first_not_of(digits.front()), text.size());
  number.insert(number.end(), zeros, 0);
  std::ranges::reverse(number);
  return number;
}

} // namespace

std::string base32_encode(std::span<const uint8_t> data) {
  std::string text;
  uint32_t buffer = 0;
  unsigned held = 0;
  for (auto byte : data) {
    buffer = buffer << 8 | byte;
    for (held += 8; held >= 5; held -= 5)
      text += base32[buffer >> (held - 5) & 31];
  }
  if (held > 0)
    text += base32[buffer << (5 - held) & 31];
  return text;
}

std::string base58_encode(std::span<const uint8_t> data) {
  bytes number;
  for (auto byte : data)
    multiply_add(number, 58, 256, byte);
  auto zeros = std::ranges::find_if(data, [](auto byte) { return byte != 0; }) - data.begin();
  std::string text(static_cast<size_t>(zeros), base58.front());
  for (auto digit = number.rbegin(); digit != number.rend(); ++digit)
    text += base58[*digit];
  return text;
}

std::optional<bytes> base58_decode(std::string_view text) { return decode_number(text, base58); }

std::optional<bytes> multibase_decode(std::string_view text) {
  auto digits = text.substr(std::min<size_t>(1, text.size()));
  switch (text.empty() ? '\0' : text.front()) {
  case 'f':
  case 'F':
    return decode_bits(lower(digits), base16, 4);
  case 'b':
  case 'B':
    return decode_bits(lower(digits), base32, 5);
  case 'k':
  case 'K':
    return decode_number(lower(digits), base36);
  case 'u':
    return decode_bits(digits, base64url, 6);
  case 'z':
    return base58_decode(digits);
  default:
    return std::nullopt;
  }
}

} // namespace flwr
