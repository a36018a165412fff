#include "actors/chain/abi_words.hpp"

#include "actors/hash/keccak256.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr size_t word_bytes = 32;

bool all_zero(std::span<const uint8_t> data) {
  return std::ranges::all_of(data, [](auto byte) { return byte == 0; });
}

std::span<const uint8_t> front_word(std::span<const uint8_t> from) {
  return from.first(std::min(from.size(), word_bytes));
}

/// `value`, if there is one, and then the word is used up.
template <class T>
std::optional<T> used_up(std::span<const uint8_t>& from, std::optional<T> value) {
  if (value)
    from = from.subspan(word_bytes);
  return value;
}

/// The last `Size` bytes of a whole word that has zeros before them.
template <size_t Size>
std::optional<std::array<uint8_t, Size>> behind_zeros(std::span<const uint8_t> from) {
  auto word = front_word(from);
  if (word.size() != word_bytes || !all_zero(word.first(word_bytes - Size)))
    return std::nullopt;
  std::array<uint8_t, Size> value;
  std::ranges::copy(word.last(Size), value.begin());
  return value;
}

} // namespace

hash256 abi_word(uint64_t value) {
  hash256 word{};
  for (size_t i = 0; i < sizeof(value); ++i)
    word[word_bytes - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  return word;
}

hash256 abi_word(const u256& value) {
  hash256 word{};
  auto end = export_bits(value, word.begin(), 8); // Without leading zeros.
  std::rotate(word.begin(), end, word.end());
  return word;
}

hash256 abi_word(const address& value) {
  hash256 word{};
  std::ranges::copy_backward(value, word.end());
  return word;
}

hash256 abi_word(const hash256& value) { return value; }

std::optional<uint64_t> read_uint64(std::span<const uint8_t>& from, uint64_t max) {
  auto digits = behind_zeros<sizeof(uint64_t)>(from);
  if (!digits)
    return std::nullopt;
  uint64_t value = 0;
  for (auto digit : *digits)
    value = value << 8 | digit;
  return used_up(from, value <= max ? std::optional{value} : std::nullopt);
}

std::optional<u256> read_u256(std::span<const uint8_t>& from) {
  auto word = read_hash256(from);
  if (!word)
    return std::nullopt;
  u256 value;
  import_bits(value, word->begin(), word->end());
  return value;
}

std::optional<address> read_address(std::span<const uint8_t>& from) {
  return used_up(from, behind_zeros<std::tuple_size_v<address>>(from));
}

std::optional<hash256> read_hash256(std::span<const uint8_t>& from) {
  return used_up(from, behind_zeros<word_bytes>(from));
}

std::optional<bool> read_bool(std::span<const uint8_t>& from) {
  auto value = read_uint64(from, 1);
  return value ? std::optional{*value == 1} : std::nullopt;
}

selector selector_of(std::string_view signature) {
  auto digest = keccak256(signature);
  selector first;
  std::ranges::copy_n(digest.begin(), first.size(), first.begin());
  return first;
}

hash256 event_topic(std::string_view signature) { return keccak256(signature); }

} // namespace flwr
