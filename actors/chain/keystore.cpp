#include "actors/chain/keystore.hpp"

#include "actors/hash/aes_ctr.hpp"
#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <bit>
#include <variant>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr size_t max_json_depth = 8;
constexpr size_t max_salt_bytes = 256;
constexpr size_t key_bytes = 32;

struct pbkdf2_cost {
  uint32_t rounds = 0;
};

/// What a key file says, checked.
struct key_file {
  std::array<uint8_t, 16> iv{};
  bytes ciphertext, mac, salt;
  std::variant<scrypt_cost, pbkdf2_cost> cost;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; }

bool alike(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

const json::object no_members;

/// Reads members by names of any case. The first thing that is wrong goes to the shared error.
class members {
public:
  members(const json::value& value, std::string place, caf::error& failure)
    : place_(std::move(place)), failure_(failure) {
    if (auto object = value.if_object())
      object_ = object;
    else
      refuse(ec::corrupt, {}, "isn't an object");
  }

  std::string text(std::string_view key) {
    auto found = find(key).if_string();
    if (!found)
      refuse(ec::corrupt, key, "is missing, or isn't a string");
    return found ? std::string{found->data(), found->size()} : std::string{};
  }

  /// For what has one value that is understood here.
  void word(std::string_view key, std::string_view wanted) {
    if (auto found = text(key); !alike(found, wanted))
      refuse(ec::rejected, key,
             "is '" + found.substr(0, 40) + "'; known is " + std::string{wanted});
  }

  bytes hex(std::string_view key, size_t min, size_t max) {
    auto raw = from_hex(text(key));
    if (raw && raw->size() >= min && raw->size() <= max)
      return *raw;
    refuse(ec::corrupt, key,
           "isn't " + std::to_string(min) + " ... " + std::to_string(max) + " bytes in hex");
    return {};
  }

  uint64_t whole(std::string_view key, uint64_t min, uint64_t max) {
    json::error_code failed;
    auto number = find(key).to_number<uint64_t>(failed);
    if (!failed && number >= min && number <= max)
      return number;
    refuse(ec::rejected, key,
           "isn't a whole number in " + std::to_string(min) + " ... " + std::to_string(max));
    return min;
  }

  members object(std::string_view key) { return {find(key), where(key), failure_}; }

  void refuse(ec code, std::string_view key, const std::string& why) {
    if (!failure_)
      failure_ = make_error(code, "key file: " + where(key) + " " + why);
  }

private:
  std::string where(std::string_view key) const {
    return place_ + (place_.empty() || key.empty() ? "" : ".") + std::string{key};
  }

  const json::value& find(std::string_view key) const {
    static const json::value nothing;
    for (const auto& [name, value] : *object_)
      if (alike({name.data(), name.size()}, key))
        return value;
    return nothing;
  }

  const json::object* object_ = &no_members;
  std::string place_;
  caf::error& failure_;
};

bool affordable(const scrypt_cost& cost) {
  constexpr auto most = max_scrypt_memory_bytes / 128;
  return std::has_single_bit(cost.n) && cost.n >= 2 && cost.n <= most && cost.r >= 1
         && cost.r <= most && cost.p >= 1 && cost.p <= max_scrypt_parallel
         && std::max(cost.n, cost.p) * cost.r <= most
         && cost.n * cost.r * cost.p <= max_scrypt_steps;
}

scrypt_cost scrypt_cost_in(members& params) {
  constexpr auto most = max_scrypt_memory_bytes / 128;
  scrypt_cost cost{params.whole("n", 2, most), params.whole("r", 1, most),
                   params.whole("p", 1, max_scrypt_parallel)};
  if (!affordable(cost))
    params.refuse(ec::rejected, "n", "isn't a power of two, or scrypt costs too much");
  return cost;
}

pbkdf2_cost pbkdf2_cost_in(members& params) {
  params.word("prf", "hmac-sha256");
  return {static_cast<uint32_t>(params.whole("c", 1, max_pbkdf2_rounds))};
}

key_file key_file_in(members top) {
  key_file file;
  top.whole("version", 3, 3);
  auto crypto = top.object("crypto");
  crypto.word("cipher", "aes-128-ctr");
  file.ciphertext = crypto.hex("ciphertext", key_bytes, key_bytes);
  file.mac = crypto.hex("mac", 32, 32);
  auto iv = crypto.object("cipherparams").hex("iv", file.iv.size(), file.iv.size());
  std::ranges::copy(iv, file.iv.begin());
  auto params = crypto.object("kdfparams");
  file.salt = params.hex("salt", 1, max_salt_bytes);
  params.whole("dklen", 32, 32);
  if (auto kdf = crypto.text("kdf"); alike(kdf, "scrypt"))
    file.cost = scrypt_cost_in(params);
  else if (alike(kdf, "pbkdf2"))
    file.cost = pbkdf2_cost_in(params);
  else
    crypto.refuse(ec::rejected, "kdf", "is '" + kdf.substr(0, 40) + "'; use scrypt or pbkdf2");
  return file;
}

expected<json::value> parsed(std::string_view text) {
  if (text.size() > max_keystore_bytes)
    return make_error(ec::corrupt,
                      "key file: longer than " + std::to_string(max_keystore_bytes) + " bytes");
  json::error_code failed;
  json::parse_options options;
  options.max_depth = max_json_depth;
  auto document = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed)
    return make_error(ec::corrupt, "key file: isn't JSON: " + failed.message());
  return document;
}

expected<key_file> read(std::string_view text) {
  auto document = parsed(text);
  if (!document)
    return document.error();
  caf::error failure;
  auto file = key_file_in({*document, {}, failure});
  if (failure)
    return failure;
  return file;
}

expected<secret_bytes> derived(const key_file& file, std::string_view password) {
  if (auto cost = std::get_if<scrypt_cost>(&file.cost))
    return scrypt(password, file.salt, *cost, key_bytes);
  return pbkdf2_sha256(password, file.salt, std::get<pbkdf2_cost>(file.cost).rounds, key_bytes);
}

/// The derived key's second half authenticates, its first half encrypts.
hash256 mac_of(const secret_bytes& derived, std::span<const uint8_t> ciphertext) {
  secret_bytes input{derived.begin() + 16, derived.end()};
  input.insert(input.end(), ciphertext.begin(), ciphertext.end());
  return keccak256(input);
}

secret_bytes crypted(const secret_bytes& derived, const std::array<uint8_t, 16>& iv,
                     std::span<const uint8_t> data) {
  secret_bytes out{data.begin(), data.end()};
  aes128_ctr(std::span{derived}.first<16>(), iv, out);
  return out;
}

/// @source  RFC 4122, section 4.4.
std::string uuid_text(std::array<uint8_t, 16> id) {
  id[6] = static_cast<uint8_t>((id[6] & 0x0f) | 0x40);
  id[8] = static_cast<uint8_t>((id[8] & 0x3f) | 0x80);
  auto text = to_hex(id);
  for (auto at : {20, 16, 12, 8})
    text.insert(static_cast<size_t>(at), 1, '-');
  return text;
}

json::value document_of(const key_file& file, const scrypt_cost& cost) {
  return {{"cipher", "aes-128-ctr"},
          {"cipherparams", {{"iv", to_hex(file.iv)}}},
          {"ciphertext", to_hex(file.ciphertext)},
          {"kdf", "scrypt"},
          {"kdfparams",
           {{"dklen", key_bytes},
            {"n", cost.n},
            {"r", cost.r},
            {"p", cost.p},
            {"salt", to_hex(file.salt)}}},
          {"mac", to_hex(file.mac)}};
}

} // namespace

expected<secret_bytes> open_keystore(std::string_view json, std::string_view password) {
  auto file = read(json);
  if (!file)
    return file.error();
  auto key = derived(*file, password);
  if (!key)
    return key;
  if (!equal_secrets(mac_of(*key, file->ciphertext), file->mac))
    return make_error(ec::rejected, "key file: the password is wrong, or the file was changed");
  return crypted(*key, file->iv, file->ciphertext);
}

expected<address> keystore_owner(std::string_view text) {
  auto document = parsed(text);
  if (!document)
    return std::move(document.error());
  caf::error failure;
  address owner{};
  auto raw = members{*document, {}, failure}.hex("address", owner.size(), owner.size());
  if (failure)
    return failure;
  std::ranges::copy(raw, owner.begin());
  return owner;
}

expected<std::string> seal_keystore(std::span<const uint8_t, 32> secret, const address& owner,
                                    std::string_view password, const keystore_randomness& random,
                                    const scrypt_cost& cost) {
  if (!affordable(cost))
    return make_error(ec::rejected, "key file: scrypt's n isn't a power of two, or it costs more "
                                    "than is taken when the file is opened");
  key_file file{random.iv, {}, {}, {random.salt.begin(), random.salt.end()}, cost};
  auto key = derived(file, password);
  if (!key)
    return key.error();
  auto sealed = crypted(*key, file.iv, secret);
  file.ciphertext.assign(sealed.begin(), sealed.end());
  auto mac = mac_of(*key, file.ciphertext);
  file.mac.assign(mac.begin(), mac.end());
  return json::serialize(json::value{{"address", to_hex(owner)},
                                     {"crypto", document_of(file, cost)},
                                     {"id", uuid_text(random.id)},
                                     {"version", 3}});
}

} // namespace flwr
