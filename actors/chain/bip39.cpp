#include "actors/chain/bip39.hpp"

#include "actors/hash/key_derivation.hpp"
#include "actors/hash/sha256.hpp"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace flwr {
namespace {

constexpr size_t list_size = 2048; // 11 bits a word.
constexpr size_t word_bits = 11;
constexpr size_t most_words = 24;
constexpr std::string_view white_space = " \t\r\n";

constexpr std::string_view list_text =
#include "actors/chain/bip39_english.inc"
  ;

/// Takes the next word off the front; empty at the end.
std::string_view take_word(std::string_view& from) {
  from.remove_prefix(std::min(from.find_first_not_of(white_space), from.size()));
  auto word = from.substr(0, from.find_first_of(white_space));
  from.remove_prefix(word.size());
  return word;
}

constexpr auto sorted_list = [] {
  std::array<std::string_view, list_size> list;
  auto rest = list_text;
  for (auto& word : list) {
    word = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(word.size() + 1);
  }
  return list;
}();

std::optional<size_t> index_of(std::string_view word) {
  auto found = std::ranges::lower_bound(sorted_list, word);
  if (found == sorted_list.end() || *found != word)
    return std::nullopt;
  return static_cast<size_t>(found - sorted_list.begin());
}

caf::error not_a_mnemonic(const std::string& why) {
  return make_error(ec::rejected, "no BIP-39 mnemonic: " + why);
}

/// Numbers of `from_bits` each, cut anew into numbers of `to_bits`; what is left over at the end is
/// filled up with zeros.
template <class To, class From>
std::vector<To, wiping_allocator<To>> regrouped(const From& numbers, size_t from_bits,
                                                size_t to_bits) {
  std::vector<To, wiping_allocator<To>> groups;
  uint32_t pending = 0;
  size_t bits = 0;
  for (auto number : numbers) {
    pending = pending << from_bits | number;
    for (bits += from_bits; bits >= to_bits; bits -= to_bits)
      groups.push_back(static_cast<To>(pending >> (bits - to_bits) & ((1u << to_bits) - 1)));
  }
  if (bits > 0)
    groups.push_back(static_cast<To>(pending << (to_bits - bits) & ((1u << to_bits) - 1)));
  return groups;
}

/// The first 4 to 8 bits of the hash, one for every four bytes, behind zeros.
uint8_t checksum_of(std::span<const uint8_t> entropy) {
  return static_cast<uint8_t>(sha256(entropy)[0] >> (8 - entropy.size() / 4));
}

using word_indexes = std::vector<uint16_t, wiping_allocator<uint16_t>>;

expected<word_indexes> indexes_of(std::string_view mnemonic) {
  word_indexes indexes;
  for (auto word = take_word(mnemonic); !word.empty(); word = take_word(mnemonic)) {
    auto index = index_of(word);
    if (!index || indexes.size() == most_words)
      return not_a_mnemonic("word " + std::to_string(indexes.size() + 1)
                            + (index ? " is one too many" : " isn't in the English list"));
    indexes.push_back(static_cast<uint16_t>(*index));
  }
  if (indexes.size() < 12 || indexes.size() % 3 != 0)
    return not_a_mnemonic(std::to_string(indexes.size())
                          + " words; it has 12, 15, 18, 21 or 24 of them");
  return indexes;
}

template <class Indexes>
secret_bytes joined(const Indexes& indexes) {
  secret_bytes text;
  for (auto index : indexes) {
    if (!text.empty())
      text.push_back(' ');
    text.insert(text.end(), sorted_list[index].begin(), sorted_list[index].end());
  }
  return text;
}

std::string_view text_of(const secret_bytes& text) {
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

std::optional<std::string> in_nfkd(std::string_view text) {
  if (text.size() > max_passphrase_bytes)
    return std::nullopt;
  auto status = U_ZERO_ERROR;
  auto nfkd = icu::Normalizer2::getNFKDInstance(status);
  auto wide = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  std::string back, normal;
  if (wide.toUTF8String(back) != text) // What isn't UTF-8 has been replaced.
    return std::nullopt;
  if (U_FAILURE(status))
    return std::nullopt;
  nfkd->normalize(wide, status).toUTF8String(normal);
  return U_SUCCESS(status) ? std::optional{normal} : std::nullopt;
}

} // namespace

expected<secret_bytes> entropy_of(std::string_view mnemonic) {
  auto indexes = indexes_of(mnemonic);
  if (!indexes)
    return indexes.error();
  auto entropy = regrouped<uint8_t>(*indexes, word_bits, 8);
  auto checksum_bits = indexes->size() / 3;
  auto checksum = entropy.back() >> (8 - checksum_bits);
  entropy.pop_back();
  if (checksum != checksum_of(entropy))
    return not_a_mnemonic("the checksum is wrong; a word was mistaken, or two changed places");
  return entropy;
}

expected<std::string> mnemonic_of(std::span<const uint8_t> entropy) {
  if (entropy.size() < 16 || entropy.size() > 32 || entropy.size() % 4 != 0)
    return make_error(ec::usage, "a BIP-39 mnemonic stands for 16, 20, 24, 28 or 32 bytes, not for "
                                   + std::to_string(entropy.size()));
  secret_bytes checked{entropy.begin(), entropy.end()};
  checked.push_back(static_cast<uint8_t>(checksum_of(entropy) << (8 - entropy.size() / 4)));
  auto indexes = regrouped<uint16_t>(checked, 8, word_bits);
  indexes.resize(entropy.size() / 4 * 3); // Without the filling of the checksum's byte.
  return std::string{text_of(joined(indexes))};
}

expected<secret_bytes> seed_of(std::string_view mnemonic, std::string_view passphrase) {
  auto entropy = entropy_of(mnemonic);
  if (!entropy)
    return entropy.error();
  auto normal = in_nfkd(passphrase);
  if (!normal)
    return make_error(ec::rejected, "a mnemonic's passphrase has to be UTF-8 of at most "
                                      + std::to_string(max_passphrase_bytes) + " bytes");
  secret_bytes salt{'m', 'n', 'e', 'm', 'o', 'n', 'i', 'c'};
  salt.insert(salt.end(), normal->begin(), normal->end());
  return pbkdf2_sha512(text_of(joined(*indexes_of(mnemonic))), salt, 2048, 64);
}

} // namespace flwr
