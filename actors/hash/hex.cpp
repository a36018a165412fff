#include "actors/hash/hex.hpp"

#include <algorithm>
#include <charconv>

namespace flwr {

std::string to_hex(std::span<const uint8_t> raw) {
  std::string text;
  text.reserve(2 * raw.size());
  for (auto byte : raw) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string to_0x(std::span<const uint8_t> raw) { return "0x" + to_hex(raw); }

std::optional<bytes> from_hex(std::string_view text) {
  if (text.starts_with("0x"))
    text.remove_prefix(2);
  if (text.size() % 2 != 0)
    return std::nullopt;
  bytes raw(text.size() / 2);
  for (size_t i = 0; i < raw.size(); ++i) {
    auto* digits = text.data() + 2 * i;
    auto [stop, failure] = std::from_chars(digits, digits + 2, raw[i], 16);
    if (failure != std::errc{} || stop != digits + 2)
      return std::nullopt;
  }
  return raw;
}

std::optional<hash256> hash_from_hex(std::string_view text) {
  auto raw = from_hex(text);
  hash256 hash;
  if (!raw || raw->size() != hash.size())
    return std::nullopt;
  std::ranges::copy(*raw, hash.begin());
  return hash;
}

} // namespace flwr
