#include "actors/chain/rlp.hpp"

#include "actors/chain/words.hpp"

#include <optional>
#include <string>

namespace flwr {
namespace {

using view = std::span<const uint8_t>;

// A prefix is one of these plus a length below 56, or plus 55 and the length's length.
constexpr uint8_t string_prefix = 0x80, list_prefix = 0xc0;
constexpr size_t short_length = 55;

void append(bytes& to, view data) { to.insert(to.end(), data.begin(), data.end()); }

void append_prefix(bytes& to, uint8_t kind, size_t length) {
  if (length <= short_length) {
    to.push_back(static_cast<uint8_t>(kind + length));
    return;
  }
  auto digits = minimal_bytes(length);
  to.push_back(static_cast<uint8_t>(kind + short_length + digits.size()));
  append(to, digits);
}

void append_string(bytes& to, view string) {
  if (string.size() != 1 || string.front() >= string_prefix)
    append_prefix(to, string_prefix, string.size());
  append(to, string);
}

class decoder {
public:
  explicit decoder(view data) : data_(data), rest_(data) {}

  expected<rlp_item> take_item(size_t depth) {
    auto start = rest_;
    if (items_left_-- == 0)
      return wrong("too many items", start);
    auto prefix = rest_.front();
    if (prefix < string_prefix)
      return rlp_item{false, take(1), {}};
    auto is_list = prefix >= list_prefix;
    auto length = take_length(is_list ? list_prefix : string_prefix);
    if (!length || *length > rest_.size())
      return wrong("a length is cut short, longer than need be, or passes the end", start);
    if (is_list)
      return take_list(*length, depth, start);
    auto string = take(*length);
    if (string.size() == 1 && string.front() < string_prefix)
      return wrong("a byte that stands for itself has a prefix", start);
    return rlp_item{false, string, {}};
  }

  caf::error wrong(const char* what, view where) const {
    return make_error(ec::corrupt, std::string{"no RLP: "} + what + ", at byte "
                                     + std::to_string(data_.size() - where.size()) + " of "
                                     + std::to_string(data_.size()));
  }

  view rest() const { return rest_; }

private:
  view take(size_t length) {
    auto taken = rest_.first(length);
    rest_ = rest_.subspan(length);
    return taken;
  }

  /// The length that a prefix of that kind and its digits spell, if they do so in the shortest way.
  std::optional<size_t> take_length(uint8_t kind) {
    size_t length = take(1).front() - kind;
    if (length <= short_length)
      return length;
    auto digit_count = length - short_length;
    if (digit_count > rest_.size() || rest_.front() == 0)
      return std::nullopt;
    auto number = to_u256(take(digit_count));
    if (number <= short_length || number > data_.size())
      return std::nullopt;
    return static_cast<size_t>(number);
  }

  expected<rlp_item> take_list(size_t length, size_t depth, view start) {
    if (depth == max_rlp_depth)
      return wrong("too many lists in lists", start);
    rlp_item list{true, {}, {}};
    auto behind = rest_.size() - length;
    while (rest_.size() > behind) {
      auto item = take_item(depth + 1);
      if (!item)
        return item;
      if (rest_.size() < behind)
        return wrong("an item passes its list's end", start);
      list.items.push_back(std::move(*item));
    }
    return list;
  }

  view data_, rest_;
  size_t items_left_ = max_rlp_items;
};

} // namespace

bytes rlp_encode(view string) {
  bytes encoded;
  append_string(encoded, string);
  return encoded;
}

bytes rlp_encode(const u256& number) { return rlp_encode(minimal_bytes(number)); }

rlp_list& rlp_list::add(view string) {
  append_string(payload_, string);
  return *this;
}

rlp_list& rlp_list::add(const u256& number) { return add(minimal_bytes(number)); }

rlp_list& rlp_list::add(const rlp_list& list) {
  append_prefix(payload_, list_prefix, list.payload_.size());
  return add_encoded(list.payload_);
}

rlp_list& rlp_list::add_encoded(view item) {
  append(payload_, item);
  return *this;
}

bytes rlp_list::encode() const {
  bytes encoded;
  append_prefix(encoded, list_prefix, payload_.size());
  append(encoded, payload_);
  return encoded;
}

expected<rlp_item> rlp_decode(view data, size_t max_bytes) {
  decoder from{data};
  if (data.empty() || data.size() > max_bytes)
    return from.wrong("it is empty or too long", data);
  auto item = from.take_item(0);
  if (item && !from.rest().empty())
    return from.wrong("bytes follow", from.rest());
  return item;
}

} // namespace flwr
