#include "actors/chain/address.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <cctype>

namespace flwr {
namespace {

constexpr size_t text_length = 42;

caf::error no_address(std::string_view text, const char* why) {
  return make_error(ec::rejected,
                    "'" + std::string{text.substr(0, text_length)} + "' is no address: " + why);
}

bool is_of_one_case(std::string_view digits) {
  auto is_lower = [](unsigned char c) { return std::islower(c) != 0; };
  auto is_upper = [](unsigned char c) { return std::isupper(c) != 0; };
  return std::ranges::none_of(digits, is_lower) || std::ranges::none_of(digits, is_upper);
}

} // namespace

std::string to_text(const address& account) {
  auto text = to_0x(account);
  auto digits = std::string_view{text}.substr(2);
  auto hash = to_hex(keccak256({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()}));
  for (size_t i = 2; i < text.size(); ++i)
    if (hash[i - 2] >= '8')
      text[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
  return text;
}

expected<address> address_from_text(std::string_view text) {
  auto raw = from_hex(text);
  address account;
  if (text.size() != text_length || !text.starts_with("0x") || !raw
      || raw->size() != account.size())
    return no_address(text, "it isn't 0x and 40 hexadecimal digits");
  std::ranges::copy(*raw, account.begin());
  if (!is_of_one_case(text.substr(2)) && text != to_text(account))
    return no_address(text, "the case of its letters is no checksum (EIP-55), so a digit may be "
                            "wrong; copy it again");
  return account;
}

address create_address(const address& sender, uint64_t nonce) {
  return address_in(keccak256(rlp_list{}.add(sender).add(nonce).encode()));
}

address create2_address(const address& sender, const hash256& salt, const hash256& init_code_hash) {
  bytes origin{0xff};
  origin.insert(origin.end(), sender.begin(), sender.end());
  origin.insert(origin.end(), salt.begin(), salt.end());
  origin.insert(origin.end(), init_code_hash.begin(), init_code_hash.end());
  return address_in(keccak256(origin));
}

address address_in(const hash256& word) {
  address account;
  std::copy(word.end() - static_cast<ptrdiff_t>(account.size()), word.end(), account.begin());
  return account;
}

} // namespace flwr
