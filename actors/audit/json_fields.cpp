#include "actors/audit/json_fields.hpp"

#include "actors/audit/typed_scalars.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace flwr {
namespace {

namespace json = boost::json;

const json::object no_members;
const json::array no_items;

const json::object& members_of(const json::value& value) {
  auto members = value.if_object();
  return members ? *members : no_members;
}

} // namespace

std::optional<uint64_t> parse_decimal(std::string_view text) {
  uint64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || std::to_string(value) != text)
    return std::nullopt;
  return value;
}

json_fields::json_fields(const json::value& object, std::string subject, caf::error& failure)
  : members_(members_of(object)), subject_(std::move(subject)), failure_(failure) {
  if (!object.is_object())
    refuse("", "isn't an object");
}

bool json_fields::has(std::string_view key) const { return members_.contains(key); }

std::string json_fields::text(std::string_view key) {
  auto value = take(key);
  if (!value)
    return {};
  if (auto text = value->if_string())
    return {text->data(), text->size()};
  refuse(key, "isn't a string");
  return {};
}

uint64_t json_fields::integer(std::string_view key, uint64_t min, uint64_t max) {
  auto digits = text(key);
  auto value = parse_decimal(digits);
  if (value && *value >= min && *value <= max)
    return *value;
  refuse(key, "is '" + digits + "'; use " + std::to_string(min) + " ... " + std::to_string(max));
  return min;
}

content_id json_fields::content(std::string_view key) {
  auto spelled = text(key);
  auto id = content_id_from_text(spelled);
  if (id && to_text(*id) == spelled) // Other bases aren't canonical.
    return *id;
  refuse(key,
         id ? "isn't spelled as " + to_text(*id) : "isn't a content id: " + render(id.error()));
  return {};
}

bytes json_fields::raw(std::string_view key) {
  auto digits = text(key);
  auto raw = from_hex(digits);
  if (raw && to_0x(*raw) == digits) // Capitals aren't canonical.
    return *raw;
  refuse(key, "isn't 0x and pairs of lower-case hex digits");
  return {};
}

scalars json_fields::typed_map(std::string_view key) {
  auto value = take(key);
  auto map = value ? scalars_from(*value) : expected<scalars>{scalars{}};
  if (map)
    return *map;
  refuse(key, render(map.error()));
  return {};
}

const json::array& json_fields::list(std::string_view key) {
  auto value = take(key);
  if (auto items = value ? value->if_array() : nullptr)
    return *items;
  refuse(key, "isn't a list");
  return no_items;
}

json_fields json_fields::object(std::string_view key) {
  static const json::value nobody = json::object{};
  auto value = take(key);
  return {value ? *value : nobody, where(key) + ".", failure_};
}

void json_fields::refuse(std::string_view key, const std::string& why) {
  if (failure_)
    return;
  auto place = where(key);
  while (place.ends_with(' ') || place.ends_with('.') || place.ends_with(':'))
    place.pop_back();
  failure_ = make_error(ec::corrupt, place + " " + why);
}

void json_fields::end() {
  for (const auto& [key, value] : members_)
    if (!taken_.contains(std::string_view{key.data(), key.size()}))
      refuse({key.data(), key.size()}, "is unknown here");
}

const json::value* json_fields::take(std::string_view key) {
  taken_.emplace(key);
  auto value = members_.if_contains(key);
  if (!value)
    refuse(key, "is missing");
  return value;
}

scalar json_fields::typed_value(std::string_view key) {
  auto value = take(key);
  auto typed = value ? scalar_from(*value) : expected<scalar>{scalar{}};
  if (typed)
    return *typed;
  refuse(key, render(typed.error()));
  return {};
}

} // namespace flwr
