#include "actors/chain/eth_parameters.hpp"

#include "actors/chain/eth_values.hpp"

namespace flwr::eth {
namespace {

namespace json = boost::json;

std::optional<uint64_t> number_of_text(const embedded_ledger& ledger, std::string_view text) {
  auto head = ledger.blocks().head().place.number;
  if (text == "latest" || text == "pending" || text == "safe" || text == "finalized")
    return head;
  if (text == "earliest")
    return 0;
  return number_in(text);
}

std::optional<uint64_t> number_of_hash(const embedded_ledger& ledger, std::string_view text) {
  auto hash = fixed_in<hash256>(text);
  if (!hash)
    return std::nullopt;
  return ledger.blocks().number_of(*hash).value_or(ledger.blocks().head().place.number + 1);
}

std::optional<std::string_view> text_in(const json::object& from, std::string_view key) {
  auto* found = from.if_contains(key);
  return found && found->is_string() ? std::optional{std::string_view{found->get_string()}}
                                     : std::nullopt;
}

} // namespace

std::optional<uint64_t> block_number_in(const embedded_ledger& ledger, const json::value& from) {
  if (from.is_null())
    return ledger.blocks().head().place.number;
  if (auto* text = from.if_string())
    return number_of_text(ledger, *text);
  auto* object = from.if_object();
  if (!object)
    return std::nullopt;
  if (auto hash = text_in(*object, "blockHash"))
    return number_of_hash(ledger, *hash);
  auto number = text_in(*object, "blockNumber");
  return number ? number_of_text(ledger, *number) : std::nullopt;
}

bool parameters_reader::has(size_t place) const {
  return place < params_.size() && !params_[place].is_null();
}

const json::value& parameters_reader::value(size_t place) {
  static const json::value none;
  return place < params_.size() ? params_[place] : none;
}

bool parameters_reader::flag(size_t place, bool fallback) {
  if (!has(place))
    return fallback;
  if (!params_[place].is_bool())
    refuse("argument " + std::to_string(place) + " isn't a boolean");
  return params_[place].is_bool() && params_[place].get_bool();
}

std::string_view parameters_reader::text(size_t place) {
  if (has(place) && params_[place].is_string())
    return params_[place].get_string();
  refuse("missing value for required argument " + std::to_string(place));
  return {};
}

uint64_t parameters_reader::number(size_t place) {
  auto value = number_in(text(place));
  if (!value)
    refuse("invalid argument " + std::to_string(place) + ": not a quantity of 64 bits");
  return value.value_or(0);
}

address parameters_reader::account(size_t place) {
  auto value = fixed_in<address>(text(place));
  if (!value)
    refuse("invalid argument " + std::to_string(place) + ": not an address");
  return value.value_or(address{});
}

hash256 parameters_reader::hash(size_t place) {
  auto value = fixed_in<hash256>(text(place));
  if (!value)
    refuse("invalid argument " + std::to_string(place) + ": not a hash");
  return value.value_or(hash256{});
}

uint64_t parameters_reader::block(size_t place) {
  auto number = block_number_in(ledger_, value(place));
  if (!number)
    refuse("invalid argument " + std::to_string(place) + ": not a block");
  return number.value_or(0);
}

call_request parameters_reader::call(size_t place) {
  call_request what;
  auto* object = value(place).if_object();
  if (!object) {
    refuse("missing value for required argument " + std::to_string(place));
    return what;
  }
  what.from = address_of(*object, "from").value_or(address{});
  what.to = address_of(*object, "to");
  what.data = data_of(*object);
  what.value = value_of(*object);
  what.block_number = block(place + 1);
  return what;
}

std::optional<address> parameters_reader::address_of(const json::object& from,
                                                     std::string_view key) {
  auto* found = from.if_contains(key);
  if (!found || found->is_null())
    return std::nullopt;
  auto spelled = text_in(from, key);
  auto value = spelled ? fixed_in<address>(*spelled) : std::nullopt;
  if (!value)
    refuse("invalid argument: '" + std::string{key} + "' isn't an address");
  return value;
}

u256 parameters_reader::value_of(const json::object& from) {
  auto* found = from.if_contains("value");
  if (!found || found->is_null())
    return 0;
  auto spelled = text_in(from, "value");
  auto value = spelled ? quantity_in(*spelled) : std::nullopt;
  if (!value)
    refuse("invalid argument: 'value' isn't a quantity");
  return value.value_or(0);
}

// Libraries say one or the other.
bytes parameters_reader::data_of(const json::object& from) {
  for (std::string_view key : {"input", "data"}) {
    auto* found = from.if_contains(key);
    if (!found || found->is_null())
      continue;
    auto spelled = text_in(from, key);
    auto value = spelled ? data_in(*spelled) : std::nullopt;
    if (!value)
      refuse("invalid argument: '" + std::string{key} + "' isn't data");
    return value.value_or(bytes{});
  }
  return {};
}

void parameters_reader::refuse(const std::string& why) {
  if (!failure_)
    failure_ = json_rpc::wrong_parameter(why);
}

} // namespace flwr::eth
