#include "actors/chain/trie.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>
#include <vector>

namespace flwr {
namespace {

using entry = std::pair<const bytes, bytes>;
using entries_view = std::span<const entry* const>; ///< In the order of their keys.

// The first digit of a compact path.
constexpr uint8_t leaf_flag = 2, odd_flag = 1;

/// A key's hexadecimal digit.
uint8_t digit_at(const bytes& key, size_t position) {
  auto byte = key[position / 2];
  return position % 2 == 0 ? byte >> 4 : byte & 15;
}

size_t digits_in(const bytes& key) { return 2 * key.size(); }

/// The digits from `begin` to `end`, two a byte, behind flags: "hex prefix".
bytes compact_path(const bytes& key, size_t begin, size_t end, uint8_t flags) {
  auto odd = (end - begin) % 2 == 1;
  bytes path{static_cast<uint8_t>((odd ? flags | odd_flag : flags) << 4)};
  if (odd)
    path.front() |= digit_at(key, begin++);
  for (; begin < end; begin += 2)
    path.push_back(static_cast<uint8_t>(digit_at(key, begin) << 4 | digit_at(key, begin + 1)));
  return path;
}

/// How many digits all keys share. They are in order, so the first and the last tell.
size_t shared_digits(entries_view entries) {
  const auto& first = entries.front()->first;
  const auto& last = entries.back()->first;
  size_t count = 0;
  while (count < digits_in(first) && digit_at(first, count) == digit_at(last, count))
    ++count;
  return count;
}

bytes node(entries_view entries, size_t depth);

/// How a node stands in its parent: itself if it is short, else its hash.
bytes reference(entries_view entries, size_t depth) {
  auto encoded = node(entries, depth);
  return encoded.size() < sizeof(hash256) ? encoded : rlp_encode(keccak256(encoded));
}

bytes leaf(const entry& only, size_t depth) {
  const auto& [key, value] = only;
  return rlp_list{}.add(compact_path(key, depth, digits_in(key), leaf_flag)).add(value).encode();
}

bytes extension(entries_view entries, size_t depth, size_t end) {
  return rlp_list{}
    .add(compact_path(entries.front()->first, depth, end, 0))
    .add_encoded(reference(entries, end))
    .encode();
}

/// A child for each digit, and the value of the key that ends here.
bytes branch(entries_view entries, size_t depth) {
  bytes value;
  if (digits_in(entries.front()->first) == depth) {
    value = entries.front()->second;
    entries = entries.subspan(1);
  }
  rlp_list list;
  for (uint8_t digit = 0; digit < 16; ++digit) {
    auto is_behind = [&](const entry* each) { return digit_at(each->first, depth) != digit; };
    auto end = std::ranges::find_if(entries, is_behind);
    auto count = static_cast<size_t>(end - entries.begin());
    list.add_encoded(reference(entries.first(count), depth + 1));
    entries = entries.subspan(count);
  }
  return list.add(value).encode();
}

/// The encoding of the node for keys whose first `depth` digits are the same.
bytes node(entries_view entries, size_t depth) {
  if (entries.empty())
    return rlp_encode(bytes{});
  if (entries.size() == 1)
    return leaf(*entries.front(), depth);
  auto shared = shared_digits(entries);
  return shared > depth ? extension(entries, depth, shared) : branch(entries, depth);
}

} // namespace

hash256 trie_root(const std::map<bytes, bytes>& entries) {
  std::vector<const entry*> in_order;
  in_order.reserve(entries.size());
  for (const auto& each : entries)
    in_order.push_back(&each);
  return keccak256(node(in_order, 0));
}

hash256 ordered_trie_root(std::span<const bytes> values) {
  std::map<bytes, bytes> entries;
  for (size_t i = 0; i < values.size(); ++i)
    entries.emplace(rlp_encode(i), values[i]);
  return trie_root(entries);
}

} // namespace flwr
