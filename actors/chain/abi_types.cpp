#include "actors/chain/abi_types.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace flwr {
namespace {

/// How often arrays and tuples are around the innermost type.
size_t depth_of(const abi_type& type) {
  size_t deepest = 0;
  for (const auto& part : type.parts)
    deepest = std::max(deepest, 1 + depth_of(part));
  return deepest;
}

bool within_limits(const abi_type& type) {
  return depth_of(type) <= max_abi_depth && head_bytes(type) <= max_abi_head_bytes;
}

std::optional<abi_type> integer(abi_kind kind, uint64_t bits) {
  if (bits % 8 != 0 || bits < 8 || bits > 256)
    return std::nullopt;
  return abi_type{kind, bits, {}};
}

std::optional<abi_type> elementary(std::string_view name) {
  if (name == "bool")
    return abi_type{abi_kind::boolean, 0, {}};
  if (name == "address")
    return abi_type{abi_kind::address, 0, {}};
  if (name == "bytes")
    return abi_type{abi_kind::bytes, 0, {}};
  if (name == "string")
    return abi_type{abi_kind::string, 0, {}};
  if (name == "uint")
    return integer(abi_kind::uint, 256);
  if (name == "int")
    return integer(abi_kind::sint, 256);
  return std::nullopt;
}

std::optional<abi_type> elementary(std::string_view name, uint64_t size) {
  if (name == "uint")
    return integer(abi_kind::uint, size);
  if (name == "int")
    return integer(abi_kind::sint, size);
  if (name == "bytes" && size <= 32)
    return abi_type{abi_kind::fixed_bytes, size, {}};
  return std::nullopt;
}

class type_parser {
public:
  explicit type_parser(std::string_view text) : text_(text), rest_(text) {}

  expected<abi_type> whole() {
    auto parsed = rest_ == "()" ? no_arguments() : type(0);
    if (parsed && rest_.empty())
      return std::move(*parsed);
    return make_error(ec::usage, "'" + std::string{text_.substr(0, 200)}
                                   + "' is no type of the contract ABI, or too deep or large, at "
                                     "character "
                                   + std::to_string(text_.size() - rest_.size()));
  }

private:
  std::optional<abi_type> no_arguments() {
    rest_ = {};
    return abi_type{abi_kind::tuple, 0, {}};
  }

  bool take(char wanted) {
    auto there = rest_.starts_with(wanted);
    rest_.remove_prefix(there);
    return there;
  }

  /// A positive number in its shortest spelling.
  std::optional<uint64_t> number() {
    uint64_t value = 0;
    auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (code != std::errc{} || rest_.starts_with('0'))
      return std::nullopt;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

  std::optional<abi_type> type(size_t depth) {
    auto parsed = take('(') ? tuple(depth + 1) : named();
    while (parsed && take('['))
      parsed = array_of(std::move(*parsed));
    return parsed;
  }

  std::optional<abi_type> named() {
    auto name = rest_.substr(0, rest_.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
    rest_.remove_prefix(name.size());
    if (rest_.empty() || rest_.find_first_of("0123456789") != 0)
      return elementary(name);
    auto size = number();
    return size ? elementary(name, *size) : std::nullopt;
  }

  std::optional<abi_type> tuple(size_t depth) {
    abi_type made{abi_kind::tuple, 0, {}};
    if (depth > max_abi_depth)
      return std::nullopt;
    do {
      auto member = type(depth);
      if (!member)
        return std::nullopt;
      made.parts.push_back(std::move(*member));
    } while (take(','));
    return take(')') && within_limits(made) ? std::optional{std::move(made)} : std::nullopt;
  }

  std::optional<abi_type> array_of(abi_type element) {
    auto element_bytes = head_bytes(element);
    abi_type made{abi_kind::array, 0, {std::move(element)}};
    if (take(']'))
      return within_limits(made) ? std::optional{std::move(made)} : std::nullopt;
    auto count = number();
    if (!count || *count > max_abi_head_bytes / element_bytes || !take(']'))
      return std::nullopt;
    made.kind = abi_kind::fixed_array;
    made.size = *count;
    return within_limits(made) ? std::optional{std::move(made)} : std::nullopt;
  }

  std::string_view text_;
  std::string_view rest_;
};

std::string tuple_text(const std::vector<abi_type>& members) {
  std::string text;
  for (const auto& member : members)
    text += (text.empty() ? "" : ",") + to_text(member);
  return "(" + text + ")";
}

} // namespace

expected<abi_type> parse_abi_type(std::string_view text) { return type_parser{text}.whole(); }

std::string to_text(const abi_type& type) {
  switch (type.kind) {
  case abi_kind::uint:
    return "uint" + std::to_string(type.size);
  case abi_kind::sint:
    return "int" + std::to_string(type.size);
  case abi_kind::boolean:
    return "bool";
  case abi_kind::address:
    return "address";
  case abi_kind::fixed_bytes:
    return "bytes" + std::to_string(type.size);
  case abi_kind::bytes:
    return "bytes";
  case abi_kind::string:
    return "string";
  case abi_kind::fixed_array:
    return to_text(type.parts.front()) + "[" + std::to_string(type.size) + "]";
  case abi_kind::array:
    return to_text(type.parts.front()) + "[]";
  case abi_kind::tuple:
    return tuple_text(type.parts);
  }
  return {};
}

bool is_dynamic(const abi_type& type) {
  if (type.kind == abi_kind::bytes || type.kind == abi_kind::string || type.kind == abi_kind::array)
    return true;
  return std::ranges::any_of(type.parts, is_dynamic);
}

uint64_t head_bytes(const abi_type& type) {
  if (is_dynamic(type))
    return 32;
  if (type.kind == abi_kind::fixed_array)
    return type.size * head_bytes(type.parts.front());
  if (type.kind != abi_kind::tuple)
    return 32;
  uint64_t sum = 0;
  for (const auto& member : type.parts)
    sum += head_bytes(member);
  return sum;
}

} // namespace flwr
