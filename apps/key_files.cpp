#include "apps/key_files.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/keystore.hpp"
#include "actors/hash/hex.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>

namespace flwr {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
constexpr size_t key_digits = 64;

/// The same error with the file's name before it.
caf::error in_file(const private_text& file, const caf::error& why) {
  return make_error(code_of(why), file.path.string() + ": " + render(why));
}

caf::error damaged(const private_text& file, const std::string& why) {
  return make_error(ec::corrupt, file.path.string() + ": " + why
                                   + "; a key file has 64 hex digits, or is JSON of a wallet");
}

/// The digits of a file; nothing but digits.
expected<std::string_view> digits_of(const private_text& file) {
  auto text = as_text(file.data);
  auto begin = text.starts_with("0x") ? 2 : 0;
  auto digits = text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
  if (auto odd = digits.find_first_not_of(hex_digits); odd != std::string_view::npos)
    return damaged(file, "byte " + std::to_string(begin + odd + 1) + " is no hex digit");
  if (digits.size() != key_digits)
    return damaged(file, std::to_string(digits.size()) + " hex digits");
  return digits;
}

/// Fills all of `to`, or nothing is to be used of it.
expected<void> fill_at_random(std::span<uint8_t> to) {
  if (::getentropy(to.data(), to.size()) != 0)
    return make_error(ec::io, "the system has no random numbers for a key: "
                                + std::generic_category().message(errno));
  return caf::unit;
}

expected<keystore_randomness> random_parameters() {
  keystore_randomness random;
  for (auto part : {std::span<uint8_t>{random.salt}, {random.iv}, {random.id}})
    if (auto filled = fill_at_random(part); !filled)
      return filled.error();
  return random;
}

} // namespace

bool is_sealed(std::string_view text) {
  auto first = text.find_first_not_of(blanks);
  return first != std::string_view::npos && text[first] == '{';
}

expected<signing_key_ptr> plain_key(const private_text& file) {
  if (auto closed = check_unexposed(file); !closed)
    return closed.error();
  auto digits = digits_of(file);
  if (!digits)
    return std::move(digits.error());
  auto raw = from_hex(*digits).value();
  auto key = signing_key::from_bytes(raw);
  wipe(raw.data(), raw.size());
  return key ? key : in_file(file, key.error());
}

expected<signing_key_ptr> unsealed_key(const private_text& file, std::string_view password) {
  auto text = as_text(file.data);
  auto secret = open_keystore(text, password);
  if (!secret)
    return in_file(file, secret.error());
  auto key = signing_key::from_bytes(*secret);
  if (!key)
    return in_file(file, key.error());
  auto claimed = keystore_owner(text);
  if (claimed && *claimed != (*key)->address())
    return make_error(ec::corrupt, file.path.string() + ": says that it is for " + to_text(*claimed)
                                     + ", but its key is that of " + to_text((*key)->address()));
  return key;
}

expected<signing_key_ptr> key_of(const private_text& file, const password_source& source) {
  if (!is_sealed(as_text(file.data)))
    return plain_key(file);
  auto password = have_password(source, "Password of " + file.path.string() + ": ");
  if (!password)
    return std::move(password.error());
  return unsealed_key(file, as_text(*password));
}

expected<std::string> sealed_text(const signing_key& key, std::string_view password,
                                  const scrypt_cost& cost) {
  auto random = random_parameters();
  if (!random)
    return std::move(random.error());
  return seal_keystore(key.secret_bytes(), key.address(), password, *random, cost);
}

secret_bytes plain_text(const signing_key& key) {
  auto digits = to_hex(key.secret_bytes());
  secret_bytes text{digits.begin(), digits.end()};
  wipe(digits.data(), digits.size());
  text.push_back('\n');
  return text;
}

expected<signing_key_ptr> random_key() {
  secret_bytes secret(32);
  if (auto filled = fill_at_random(secret); !filled)
    return filled.error();
  return signing_key::from_bytes(secret);
}

} // namespace flwr
