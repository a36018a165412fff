#include "actors/chain/trie.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

/// Hexadecimal digits, one a byte.
using digits = bytes;
using digits_view = std::span<const uint8_t>;

// The first digit of a compact path.
constexpr uint8_t leaf_flag = 2, odd_flag = 1;

digits digits_of(std::span<const uint8_t> key) {
  digits each;
  each.reserve(2 * key.size());
  for (auto byte : key) {
    each.push_back(byte >> 4);
    each.push_back(byte & 15);
  }
  return each;
}

size_t shared_digits(digits_view a, digits_view b) {
  return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// The digits two a byte, behind flags: "hex prefix".
bytes compact_path(digits_view path, uint8_t flags) {
  auto odd = path.size() % 2 == 1;
  bytes packed{static_cast<uint8_t>((odd ? flags | odd_flag : flags) << 4)};
  if (odd) {
    packed.front() |= path.front();
    path = path.subspan(1);
  }
  for (size_t i = 0; i < path.size(); i += 2)
    packed.push_back(static_cast<uint8_t>(path[i] << 4 | path[i + 1]));
  return packed;
}

/// How a node stands in its parent: itself if it is short, else its hash.
bytes reference_to(bytes encoded) {
  return encoded.size() < sizeof(hash256) ? encoded : rlp_encode(keccak256(encoded));
}

} // namespace

/// What the keys share from here on, the value of the key that ends then, and a child for each
/// digit that comes next. Without children it is the yellow paper's leaf; with some, its branch,
/// below an extension if there is a path.
struct merkle_trie::node {
  using pointer = std::unique_ptr<node>;

  static void put(pointer& at, digits_view key, std::span<const uint8_t> value) {
    if (!at) {
      at = std::make_unique<node>();
      at->path.assign(key.begin(), key.end());
    }
    auto shared = shared_digits(at->path, key);
    if (shared < at->path.size())
      split(at, shared);
    at->reference.clear();
    if (shared == key.size())
      at->value.assign(value.begin(), value.end());
    else
      put(at->children[key[shared]], key.subspan(shared + 1), value);
  }

  static void take(pointer& at, digits_view key) {
    auto shared = at ? shared_digits(at->path, key) : 0;
    if (!at || shared < at->path.size())
      return;
    at->reference.clear();
    if (shared == key.size()) {
      at->value.clear();
    } else if (auto next = at->children.find(key[shared]); next != at->children.end()) {
      take(next->second, key.subspan(shared + 1));
      if (!next->second)
        at->children.erase(next);
    }
    tidy(at);
  }

  /// Makes the node the only child of a new one that ends `length` digits earlier.
  static void split(pointer& at, size_t length) {
    auto above = std::make_unique<node>();
    auto cut = at->path.begin() + static_cast<ptrdiff_t>(length);
    auto digit = *cut;
    above->path.assign(at->path.begin(), cut);
    at->path.erase(at->path.begin(), cut + 1);
    at->reference.clear();
    above->children[digit] = std::move(at);
    at = std::move(above);
  }

  /// A node without a value needs two children; else it goes, or becomes one with its child.
  static void tidy(pointer& at) {
    if (!at->value.empty() || at->children.size() > 1)
      return;
    if (at->children.empty())
      return at.reset();
    auto [digit, child] = std::move(*at->children.begin());
    at->path.push_back(digit);
    child->path.insert(child->path.begin(), at->path.begin(), at->path.end());
    child->reference.clear();
    at = std::move(child);
  }

  bytes branch() {
    static const bytes nothing = rlp_encode(bytes{});
    rlp_list list;
    for (uint8_t digit = 0; digit < 16; ++digit) {
      auto child = children.find(digit);
      list.add_encoded(child == children.end() ? nothing : child->second->known_reference());
    }
    return list.add(value).encode();
  }

  bytes encode() {
    if (children.empty())
      return rlp_list{}.add(compact_path(path, leaf_flag)).add(value).encode();
    if (path.empty())
      return branch();
    return rlp_list{}.add(compact_path(path, 0)).add_encoded(reference_to(branch())).encode();
  }

  const bytes& known_reference() {
    if (reference.empty())
      reference = reference_to(encode());
    return reference;
  }

  digits path;
  bytes value; ///< Empty: no key ends here.
  std::map<uint8_t, pointer> children;
  bytes reference; ///< Empty: something below has changed.
};

merkle_trie::merkle_trie() = default;
merkle_trie::merkle_trie(merkle_trie&&) noexcept = default;
merkle_trie& merkle_trie::operator=(merkle_trie&&) noexcept = default;
merkle_trie::~merkle_trie() = default;

void merkle_trie::set(std::span<const uint8_t> key, std::span<const uint8_t> value) {
  if (value.empty())
    node::take(top_, digits_of(key));
  else
    node::put(top_, digits_of(key), value);
}

hash256 merkle_trie::root() { return keccak256(top_ ? top_->encode() : rlp_encode(bytes{})); }

hash256 trie_root(const std::map<bytes, bytes>& entries) {
  merkle_trie trie;
  for (const auto& [key, value] : entries)
    trie.set(key, value);
  return trie.root();
}

hash256 ordered_trie_root(std::span<const bytes> values) {
  merkle_trie trie;
  for (size_t i = 0; i < values.size(); ++i)
    trie.set(rlp_encode(i), values[i]);
  return trie.root();
}

} // namespace flwr
