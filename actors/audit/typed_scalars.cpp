#include "actors/audit/typed_scalars.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <boost/json.hpp>

#include <bit>
#include <charconv>
#include <optional>
#include <span>

namespace flwr {
namespace {

namespace json = boost::json;

template <class... Cases>
struct overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
overloaded(Cases...) -> overloaded<Cases...>; // For clang 14, which can't do without.

template <class T>
std::optional<scalar> wrapped(const std::optional<T>& value) {
  return value ? std::optional{scalar{*value}} : std::nullopt;
}

std::optional<bytes> raw_from(std::string_view digits) {
  auto raw = from_hex(digits);
  return raw && to_hex(*raw) == digits ? raw : std::nullopt; // Capitals aren't canonical.
}

std::string bits_of(double value) {
  auto bits = std::bit_cast<uint64_t>(value);
  bytes raw;
  for (int shift = 56; shift >= 0; shift -= 8)
    raw.push_back(static_cast<uint8_t>(bits >> shift));
  return to_hex(raw);
}

std::optional<double> double_from(std::string_view digits) {
  auto raw = raw_from(digits);
  if (!raw || raw->size() != sizeof(double))
    return std::nullopt;
  uint64_t bits = 0;
  for (auto byte : *raw)
    bits = bits << 8 | byte;
  return std::bit_cast<double>(bits);
}

std::optional<int64_t> integer_from(std::string_view text) {
  int64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || std::to_string(value) != text)
    return std::nullopt;
  return value;
}

std::optional<bool> bool_from(std::string_view text) {
  return text == "0" || text == "1" ? std::optional{text == "1"} : std::nullopt;
}

std::optional<scalar> scalar_of(std::string_view type, std::string_view text) {
  if (type == "b")
    return wrapped(bool_from(text));
  if (type == "d")
    return wrapped(double_from(text));
  if (type == "i")
    return wrapped(integer_from(text));
  if (type == "s")
    return scalar{std::string{text}};
  if (type == "x")
    return wrapped(raw_from(text));
  return std::nullopt;
}

caf::error about(std::string_view key, const std::string& what, ec code) {
  return make_error(code, "'" + ascii_of(key) + "' " + what);
}

} // namespace

json::value to_json(const scalar& value) {
  auto one = [](const char* type, const std::string& text) { return json::object{{type, text}}; };
  return std::visit(overloaded{
                      [&](bool b) { return one("b", b ? "1" : "0"); },
                      [&](int64_t i) { return one("i", std::to_string(i)); },
                      [&](double d) { return one("d", bits_of(d)); },
                      [&](const std::string& s) { return one("s", s); },
                      [&](const bytes& x) { return one("x", to_hex(x)); },
                    },
                    value);
}

json::value to_json(const scalars& values) {
  json::object object;
  for (const auto& [key, value] : values)
    object.emplace(key, to_json(value));
  return object;
}

expected<scalar> scalar_from(const json::value& value) {
  auto object = value.if_object();
  auto member = object && object->size() == 1 ? object->begin() : nullptr;
  auto text = member ? member->value().if_string() : nullptr;
  auto result = text ? scalar_of(member->key(), *text) : std::nullopt;
  if (!result)
    return make_error(ec::corrupt, "isn't a typed value such as {\"i\":\"5\"}");
  return *result;
}

expected<scalars> scalars_from(const json::value& value) {
  auto object = value.if_object();
  if (!object)
    return make_error(ec::corrupt, "isn't a map of typed values");
  scalars values;
  for (const auto& [key, item] : *object) {
    auto typed = scalar_from(item);
    if (!typed)
      return about(key, render(typed.error()), ec::corrupt);
    values.emplace(key, *typed);
  }
  return values;
}

expected<std::string> encode_scalars(const scalars& values) {
  for (const auto& [key, value] : values) {
    auto text = std::get_if<std::string>(&value);
    if (!is_ascii(key) || (text && !is_ascii(*text)))
      return about(key, "isn't ASCII; use plain letters in names and texts of metrics",
                   ec::rejected);
  }
  return canonical(to_json(values));
}

expected<scalars> decode_scalars(std::string_view text) {
  auto document = parse_canonical(text);
  if (!document)
    return document.error();
  return scalars_from(*document);
}

expected<hash256> metrics_hash(const scalars& values) {
  auto text = encode_scalars(values);
  if (!text)
    return text.error();
  return keccak256({reinterpret_cast<const uint8_t*>(text->data()), text->size()});
}

} // namespace flwr
