#include "actors/chain/eth_values.hpp"

#include "actors/chain/words.hpp"

#include <boost/json.hpp>

namespace flwr::eth {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "0x";

} // namespace

std::string quantity(const u256& value) {
  auto digits = to_hex(minimal_bytes(value));
  auto first = digits.find_first_not_of('0');
  return "0x" + (first == digits.npos ? "0" : digits.substr(first));
}

std::optional<u256> quantity_in(std::string_view text) {
  auto digits = text.starts_with(prefix) ? text.substr(prefix.size()) : std::string_view{};
  auto is_spelled = !digits.empty() && digits.size() <= 64 && (digits[0] != '0' || digits == "0");
  auto raw =
    is_spelled ? from_hex((digits.size() % 2 ? "0" : "") + std::string{digits}) : std::nullopt;
  return raw ? std::optional{to_u256(*raw)} : std::nullopt;
}

std::optional<uint64_t> number_in(std::string_view text) {
  auto value = quantity_in(text);
  if (!value || *value > std::numeric_limits<uint64_t>::max())
    return std::nullopt;
  return static_cast<uint64_t>(*value);
}

std::optional<bytes> data_in(std::string_view text) {
  return text.starts_with(prefix) ? from_hex(text.substr(prefix.size())) : std::nullopt;
}

answer_fields::answer_fields(const json::value& object, std::string subject, caf::error& failure)
  : members_(object.if_object()), subject_(std::move(subject)), failure_(failure) {
  if (!members_ && !failure_)
    failure_ = make_error(ec::corrupt, subject_ + ": the node answered no object");
}

bool answer_fields::is_null(std::string_view key) const {
  auto* found = members_ ? members_->if_contains(key) : nullptr;
  return !found || found->is_null();
}

uint64_t answer_fields::number(std::string_view key) {
  auto value = number_in(text(key));
  if (!value)
    refuse(key, "isn't a quantity of 64 bits");
  return value.value_or(0);
}

u256 answer_fields::quantity(std::string_view key) {
  auto value = quantity_in(text(key));
  if (!value)
    refuse(key, "isn't a quantity");
  return value.value_or(u256{});
}

bytes answer_fields::data(std::string_view key) {
  auto value = data_in(text(key));
  if (!value)
    refuse(key, "isn't data");
  return value.value_or(bytes{});
}

const json::array& answer_fields::list(std::string_view key) {
  static const json::array none;
  auto* found = members_ ? members_->if_contains(key) : nullptr;
  if (found && found->is_array())
    return found->get_array();
  refuse(key, "isn't a list");
  return none;
}

std::string_view answer_fields::text(std::string_view key) {
  auto* found = members_ ? members_->if_contains(key) : nullptr;
  return found && found->is_string() ? std::string_view{found->get_string()} : std::string_view{};
}

void answer_fields::refuse(std::string_view key, const std::string& why) {
  if (!failure_)
    failure_ = make_error(ec::corrupt, subject_ + ": the node's '" + std::string{key} + "' " + why);
}

} // namespace flwr::eth
