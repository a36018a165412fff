#include "actors/chain/abi.hpp"

#include "actors/chain/abi_words.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr size_t word_bytes = 32;

size_t padding_of(size_t length) { return (word_bytes - length % word_bytes) % word_bytes; }

/// Whether a word holds a number of that type: the bits above it are zero, or copies of its sign.
bool in_range(const abi_type& type, const u256& word) {
  if (type.kind == abi_kind::uint)
    return type.size == 256 || (word >> type.size) == 0;
  auto above_magnitude = word >> (type.size - 1);
  return above_magnitude == 0 || above_magnitude == (~u256{0} >> (type.size - 1));
}

const abi_type& part(const abi_type& type, size_t i) {
  return type.kind == abi_kind::tuple ? type.parts[i] : type.parts.front();
}

caf::error not_of_type(const abi_type& type) {
  return make_error(ec::usage, "a value isn't a " + to_text(type)
                                 + ": it is of another kind, count or length, or out of range");
}

class encoder {
public:
  bytes take() { return std::move(out_); }

  caf::error append(const abi_type& type, const abi_value& value) {
    switch (type.kind) {
    case abi_kind::uint:
    case abi_kind::sint:
      return integer(type, std::get_if<u256>(&value.data));
    case abi_kind::boolean:
      return boolean(type, std::get_if<bool>(&value.data));
    case abi_kind::address:
      return address_word(type, std::get_if<address>(&value.data));
    case abi_kind::fixed_bytes:
      return fixed_bytes(type, std::get_if<bytes>(&value.data));
    case abi_kind::bytes:
      return counted(type, std::get_if<bytes>(&value.data));
    case abi_kind::string:
      return counted(type, std::get_if<std::string>(&value.data));
    case abi_kind::fixed_array:
    case abi_kind::array:
    case abi_kind::tuple:
      return list(type, std::get_if<abi_list>(&value.data));
    }
    return not_of_type(type);
  }

private:
  caf::error integer(const abi_type& type, const u256* value) {
    if (!value || !in_range(type, *value))
      return not_of_type(type);
    append_words(out_, *value);
    return caf::none;
  }

  caf::error boolean(const abi_type& type, const bool* value) {
    if (!value)
      return not_of_type(type);
    append_words(out_, uint64_t{*value});
    return caf::none;
  }

  caf::error address_word(const abi_type& type, const address* value) {
    if (!value)
      return not_of_type(type);
    append_words(out_, *value);
    return caf::none;
  }

  caf::error fixed_bytes(const abi_type& type, const bytes* value) {
    if (!value || value->size() != type.size)
      return not_of_type(type);
    padded(*value);
    return caf::none;
  }

  template <class Content>
  caf::error counted(const abi_type& type, const Content* value) {
    if (!value)
      return not_of_type(type);
    append_words(out_, uint64_t{value->size()});
    padded(*value);
    return caf::none;
  }

  template <class Content>
  void padded(const Content& content) {
    out_.insert(out_.end(), content.begin(), content.end());
    out_.resize(out_.size() + padding_of(content.size()));
  }

  caf::error list(const abi_type& type, const abi_list* values) {
    if (!values)
      return not_of_type(type);
    if (type.kind == abi_kind::array)
      append_words(out_, uint64_t{values->size()});
    else if (values->size() != (type.kind == abi_kind::tuple ? type.parts.size() : type.size))
      return not_of_type(type);
    return elements(type, *values);
  }

  caf::error elements(const abi_type& type, const abi_list& values) {
    auto start = out_.size();
    std::vector<size_t> holes;
    for (size_t i = 0; i < values.size(); ++i)
      if (is_dynamic(part(type, i)))
        holes.push_back(hole());
      else if (auto err = append(part(type, i), values[i]))
        return err;
    auto next_hole = holes.begin();
    for (size_t i = 0; i < values.size(); ++i)
      if (is_dynamic(part(type, i))) {
        fill(*next_hole++, out_.size() - start);
        if (auto err = append(part(type, i), values[i]))
          return err;
      }
    return caf::none;
  }

  size_t hole() {
    out_.resize(out_.size() + word_bytes);
    return out_.size() - word_bytes;
  }

  void fill(size_t at, uint64_t offset) {
    std::ranges::copy(abi_word(offset), out_.begin() + static_cast<ptrdiff_t>(at));
  }

  bytes out_;
};

/// Goes once over the data: as tails stand in order, each begins where the one before it ended.
class decoder {
public:
  explicit decoder(std::span<const uint8_t> data) : data_(data), rest_(data) {}

  bool at_end() const { return rest_.empty(); }

  caf::error refused(const std::string& why) const {
    return make_error(ec::corrupt, "no strict encoding of the contract ABI at byte "
                                     + std::to_string(position()) + ": " + why);
  }

  expected<abi_value> take(const abi_type& type) {
    switch (type.kind) {
    case abi_kind::uint:
    case abi_kind::sint:
      return integer(type);
    case abi_kind::boolean:
      return word(read_bool(rest_), "neither false nor true");
    case abi_kind::address:
      return word(read_address(rest_), "no address behind zeros");
    case abi_kind::fixed_bytes:
      return content(type.size);
    case abi_kind::bytes:
      return counted();
    case abi_kind::string:
      return text();
    case abi_kind::fixed_array:
      return list(type, type.size);
    case abi_kind::tuple:
      return list(type, type.parts.size());
    case abi_kind::array:
      return array(type);
    }
    return refused("an unknown type");
  }

private:
  size_t position() const { return data_.size() - rest_.size(); }

  template <class T>
  expected<abi_value> word(const std::optional<T>& value, const std::string& what) const {
    if (!value)
      return refused("cut short, or " + what);
    return abi_value{*value};
  }

  expected<abi_value> integer(const abi_type& type) {
    auto ahead = rest_;
    auto value = read_u256(ahead);
    if (!value || !in_range(type, *value))
      return refused("cut short, or out of the range of " + to_text(type));
    rest_ = ahead;
    return abi_value{*value};
  }

  /// Content of that length and its padding.
  expected<abi_value> content(size_t length) {
    if (length > rest_.size() || padding_of(length) > rest_.size() - length)
      return refused("cut short");
    auto padding = rest_.subspan(length, padding_of(length));
    if (std::ranges::any_of(padding, [](auto byte) { return byte != 0; }))
      return refused("padding that isn't zero");
    bytes found(rest_.begin(), rest_.begin() + static_cast<ptrdiff_t>(length));
    rest_ = rest_.subspan(length + padding.size());
    return abi_value{std::move(found)};
  }

  expected<abi_value> counted() {
    auto length = read_uint64(rest_, rest_.size());
    if (!length)
      return refused("no length, or more than there is");
    return content(*length);
  }

  expected<abi_value> text() {
    auto raw = counted();
    if (!raw)
      return raw;
    const auto& found = std::get<bytes>(raw->data);
    return abi_value{std::string{found.begin(), found.end()}};
  }

  expected<abi_value> array(const abi_type& type) {
    auto count = read_uint64(rest_, rest_.size() / head_bytes(type.parts.front()));
    if (!count)
      return refused("no count of elements, or more than there is room for");
    return list(type, *count);
  }

  expected<abi_value> list(const abi_type& type, size_t count) {
    if (count > rest_.size() / word_bytes)
      return refused("fewer bytes than elements need");
    auto start = position();
    abi_list values(count);
    std::vector<uint64_t> offsets;
    for (size_t i = 0; i < count; ++i)
      if (!is_dynamic(part(type, i))) {
        if (auto err = take_into(values[i], part(type, i)))
          return err;
      } else if (auto offset = read_uint64(rest_, data_.size()))
        offsets.push_back(*offset);
      else
        return refused("no offset, or one behind the end");
    if (auto err = tails(type, start, offsets, values))
      return err;
    return abi_value{std::move(values)};
  }

  caf::error tails(const abi_type& type, size_t start, const std::vector<uint64_t>& offsets,
                   abi_list& values) {
    auto offset = offsets.begin();
    for (size_t i = 0; i < values.size(); ++i)
      if (is_dynamic(part(type, i))) {
        if (*offset++ != position() - start)
          return refused("an offset points elsewhere");
        if (auto err = take_into(values[i], part(type, i)))
          return err;
      }
    return caf::none;
  }

  caf::error take_into(abi_value& place, const abi_type& type) {
    auto value = take(type);
    if (!value)
      return value.error();
    place = std::move(*value);
    return caf::none;
  }

  std::span<const uint8_t> data_;
  std::span<const uint8_t> rest_;
};

} // namespace

expected<bytes> abi_encode(const abi_type& type, const abi_value& value) {
  encoder out;
  if (auto err = out.append(type, value))
    return err;
  return out.take();
}

expected<abi_value> abi_decode(const abi_type& type, std::span<const uint8_t> data, trailing rest) {
  decoder in{data};
  auto value = in.take(type);
  if (value && rest == trailing::refused && !in.at_end())
    return in.refused("something behind the values");
  return value;
}

} // namespace flwr
