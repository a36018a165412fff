#include "actors/chain/hd_wallet.hpp"

#include "actors/chain/bip39.hpp"
#include "actors/hash/key_derivation.hpp"

#include <charconv>

namespace flwr {
namespace {

constexpr std::string_view master_text = "Bitcoin seed";

/// Takes a step off the front: a number below 2^31 and, perhaps, the mark of a hardened one.
std::optional<uint32_t> step_from(std::string_view text) {
  uint32_t number = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || number >= hardened_step)
    return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text == "'" || text == "h" || text == "H")
    return number | hardened_step;
  return text.empty() ? std::optional{number} : std::nullopt;
}

void append_index(secret_bytes& to, uint32_t index) {
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(index >> shift));
}

/// What the child's number is hashed with: the private key if it is hardened, else the public one.
secret_bytes child_input(const signing_key& parent, uint32_t index) {
  secret_bytes input;
  if (index >= hardened_step) {
    auto secret = parent.secret_bytes();
    input.push_back(0);
    input.insert(input.end(), secret.begin(), secret.end());
  } else {
    auto point = compressed(parent.public_key());
    input.assign(point.begin(), point.end());
  }
  append_index(input, index);
  return input;
}

/// A hash's second half is the chain code.
expected<hd_node> node_of(expected<signing_key_ptr> key, const secret_bytes& hash) {
  if (!key)
    return key.error();
  return hd_node{std::move(*key), {hash.begin() + 32, hash.end()}};
}

expected<hd_node> child_of(const hd_node& parent, uint32_t index) {
  auto hash = hmac_sha512(parent.chain_code, child_input(*parent.key, index));
  return node_of(parent.key->plus(std::span{hash}.first<32>()), hash);
}

} // namespace

expected<hd_path> hd_path_from(std::string_view text) {
  hd_path path;
  auto rest = text;
  auto step = rest.substr(0, rest.find('/'));
  auto good = step == "m";
  while (good && step.size() < rest.size() && path.size() < max_hd_depth) {
    rest.remove_prefix(step.size() + 1);
    step = rest.substr(0, rest.find('/'));
    auto index = step_from(step);
    good = index.has_value();
    path.push_back(index.value_or(0));
  }
  if (good && step.size() == rest.size())
    return path;
  return make_error(ec::usage, "'" + std::string{text.substr(0, 100)}
                                 + "' is no derivation path such as m/44'/60'/0'/0/0, because of '"
                                 + std::string{step.substr(0, 20)} + "'");
}

expected<hd_node> master_node(std::span<const uint8_t> seed) {
  if (seed.size() < 16 || seed.size() > 64)
    return make_error(ec::rejected,
                      "a wallet's seed has 16 to 64 bytes, not " + std::to_string(seed.size()));
  secret_bytes text{master_text.begin(), master_text.end()};
  auto hash = hmac_sha512(text, seed);
  return node_of(signing_key::from_bytes(std::span{hash}.first<32>()), hash);
}

expected<hd_node> derive(const hd_node& from, std::span<const uint32_t> path) {
  if (path.size() > max_hd_depth)
    return make_error(ec::rejected, "a derivation path has at most 255 steps");
  auto node = from;
  for (auto index : path) {
    auto child = child_of(node, index);
    if (!child)
      return child;
    node = std::move(*child);
  }
  return node;
}

expected<signing_key_ptr> account_of(std::string_view mnemonic, std::string_view passphrase,
                                     std::string_view path_text) {
  auto path = hd_path_from(path_text);
  if (!path)
    return path.error();
  auto seed = seed_of(mnemonic, passphrase);
  if (!seed)
    return seed.error();
  auto master = master_node(*seed);
  if (!master)
    return master.error();
  auto node = derive(*master, *path);
  if (!node)
    return node.error();
  return node->key;
}

} // namespace flwr
