#include "actors/chain/eth_methods.hpp"

#include "actors/chain/eth_json.hpp"
#include "actors/chain/eth_parameters.hpp"
#include "actors/chain/eth_values.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/chain/transaction_rules.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace flwr::eth {
namespace {

namespace json = boost::json;
using json_rpc::failure;
using reader = parameters_reader;

constexpr uint64_t most_fee_blocks = 1024;
constexpr size_t most_percentiles = 100;

failure failure_of(const caf::error& why) {
  return {code_of(why) == ec::missing ? -32001 : -32000, render(why), {}};
}

/// A revert with its reason: code 3, and the bytes as data.
failure reverted(const embedded_outcome& what) {
  auto words = refusal_in(what.output);
  return {3, "execution reverted" + (words ? ": " + *words : ""), json::value(to_0x(what.output))};
}

// -- the chain -----------------------------------------------------------------------------------

outcome chain_id(const embedded_ledger& ledger, reader&) {
  return json::value(quantity(ledger.genesis().chain_id));
}

outcome net_version(const embedded_ledger& ledger, reader&) {
  return json::value(std::to_string(ledger.genesis().chain_id));
}

outcome client_version(const embedded_ledger&, reader&) {
  return json::value("flwr-actor/" FLWR_VERSION);
}

outcome syncing(const embedded_ledger&, reader&) { return json::value(false); }
outcome accounts(const embedded_ledger&, reader&) { return json::value(json::array{}); }
outcome nothing_to_pay(const embedded_ledger&, reader&) { return json::value("0x0"); }

outcome block_number(const embedded_ledger& ledger, reader&) {
  return json::value(quantity(ledger.blocks().head().place.number));
}

/// How many percentiles are asked for; nothing if none are.
std::optional<size_t> percentiles_in(reader& params, size_t place) {
  if (!params.has(place))
    return std::nullopt;
  auto* list = params.value(place).if_array();
  auto is_percentile = [last = 0.0](const json::value& each) mutable {
    boost::system::error_code failed;
    auto value = each.to_number<double>(failed);
    auto before = std::exchange(last, value);
    return !failed && value >= before && value <= 100;
  };
  if (!list || list->size() > most_percentiles || !std::ranges::all_of(*list, is_percentile))
    params.refuse("invalid argument " + std::to_string(place)
                  + ": at most 100 percentiles from 0 to 100, in rising order");
  return list ? list->size() : 0;
}

outcome fee_history(const embedded_ledger& ledger, reader& params) {
  auto count = std::min(params.number(0), most_fee_blocks);
  auto newest = std::min(params.block(1), ledger.blocks().head().place.number);
  count = std::min(count, newest + 1);
  auto percentiles = percentiles_in(params, 2);
  json::array fees, ratios, rewards;
  for (auto number = newest + 1 - count; number <= newest && count > 0; ++number) {
    auto& header = ledger.blocks().find(number)->header;
    fees.emplace_back("0x0");
    ratios.emplace_back(static_cast<double>(header.gas_used)
                        / static_cast<double>(std::max<uint64_t>(1, header.gas_limit)));
    if (percentiles)
      rewards.emplace_back(json::array(*percentiles, "0x0"));
  }
  fees.emplace_back("0x0"); // Of the block to come.
  json::object out{{"oldestBlock", quantity(newest + 1 - count)},
                   {"baseFeePerGas", std::move(fees)},
                   {"gasUsedRatio", std::move(ratios)}};
  if (percentiles)
    out.emplace("reward", std::move(rewards));
  return json::value(std::move(out));
}

// -- blocks and transactions ---------------------------------------------------------------------

outcome block_at(const embedded_ledger& ledger, uint64_t number, bool full) {
  auto* found = ledger.blocks().find(number);
  return found ? json::value(block_json(*found, full)) : json::value{};
}

outcome block_by_number(const embedded_ledger& ledger, reader& params) {
  if (!params.has(0))
    params.refuse("missing value for required argument 0");
  auto number = params.block(0);
  return block_at(ledger, number, params.flag(1, false));
}

outcome block_by_hash(const embedded_ledger& ledger, reader& params) {
  auto number = ledger.blocks().number_of(params.hash(0));
  auto full = params.flag(1, false);
  return number ? block_at(ledger, *number, full) : outcome{json::value{}};
}

outcome transaction_by_hash(const embedded_ledger& ledger, reader& params) {
  auto hash = params.hash(0);
  auto found = ledger.blocks().find_transaction(hash);
  auto tx = found ? decode_transaction(found->raw) : expected<signed_transaction>{ec::missing};
  return tx ? json::value(transaction_json(*tx, ledger.blocks().find_receipt(hash)))
            : json::value{};
}

outcome transaction_receipt(const embedded_ledger& ledger, reader& params) {
  auto* found = ledger.blocks().find_receipt(params.hash(0));
  return found ? json::value(receipt_json(*found)) : json::value{};
}

outcome logs(const embedded_ledger& ledger, reader& params) {
  auto filter = log_filter_in(ledger, params.value(0));
  if (auto* wrong = std::get_if<failure>(&filter))
    return *wrong;
  return json::value(logs_json(ledger, std::get<log_filter>(filter)));
}

// -- accounts ------------------------------------------------------------------------------------

template <class Of>
outcome of_account(const embedded_ledger& ledger, reader& params, Of of) {
  auto who = params.account(0);
  auto found = ledger.account(who, params.block(1));
  return found ? outcome{of(*found)} : outcome{failure_of(found.error())};
}

outcome balance(const embedded_ledger& ledger, reader& params) {
  return of_account(ledger, params,
                    [](const embedded_account& it) { return json::value(quantity(it.balance)); });
}

outcome code(const embedded_ledger& ledger, reader& params) {
  return of_account(ledger, params, [](const embedded_account& it) {
    return json::value(it.code ? to_0x(*it.code) : "0x");
  });
}

outcome transaction_count(const embedded_ledger& ledger, reader& params) {
  if (params.value(1) == "pending")
    return json::value(quantity(ledger.nonce(params.account(0))));
  return of_account(ledger, params,
                    [](const embedded_account& it) { return json::value(quantity(it.nonce)); });
}

// -- calls ---------------------------------------------------------------------------------------

outcome call(const embedded_ledger& ledger, reader& params) {
  auto what = params.call(0);
  if (params.failure())
    return json::value{};
  auto done = ledger.trial(what, block_gas_limit);
  if (!done)
    return failure_of(done.error());
  return done->succeeded ? outcome{json::value(to_0x(done->output))} : outcome{reverted(*done)};
}

/// The least gas that will do: no code here asks how much it has left.
outcome estimate_gas(const embedded_ledger& ledger, reader& params) {
  auto what = params.call(0);
  if (params.failure())
    return json::value{};
  transaction shape;
  shape.to = what.to;
  shape.data = what.data;
  auto intrinsic = intrinsic_gas(shape);
  auto most = block_gas_limit - std::min(block_gas_limit, intrinsic);
  auto done = ledger.trial(what, most);
  if (!done)
    return failure_of(done.error());
  if (!done->succeeded)
    return reverted(*done);
  uint64_t low = 0, high = most;
  while (low < high) {
    auto middle = low + (high - low) / 2;
    ledger.trial(what, middle)->succeeded ? high = middle : low = middle + 1;
  }
  return json::value(quantity(intrinsic + high));
}

using method = outcome (*)(const embedded_ledger&, reader&);

const std::map<std::string_view, method>& methods() {
  static const std::map<std::string_view, method> all{
    {"eth_chainId", chain_id},
    {"net_version", net_version},
    {"web3_clientVersion", client_version},
    {"eth_syncing", syncing},
    {"eth_accounts", accounts},
    {"eth_blockNumber", block_number},
    {"eth_getBlockByNumber", block_by_number},
    {"eth_getBlockByHash", block_by_hash},
    {"eth_getBalance", balance},
    {"eth_getCode", code},
    {"eth_getTransactionCount", transaction_count},
    {"eth_gasPrice", nothing_to_pay},
    {"eth_maxPriorityFeePerGas", nothing_to_pay},
    {"eth_feeHistory", fee_history},
    {"eth_estimateGas", estimate_gas},
    {"eth_call", call},
    {"eth_getTransactionByHash", transaction_by_hash},
    {"eth_getTransactionReceipt", transaction_receipt},
    {"eth_getLogs", logs},
  };
  return all;
}

// -- filters -------------------------------------------------------------------------------------

/// A text or a list of texts of a fixed length; nothing if it is neither.
template <class Array>
std::optional<std::vector<Array>> one_or_many(const json::value* from) {
  std::vector<Array> values;
  if (!from || from->is_null())
    return values;
  auto add = [&](const json::value& each) {
    auto value = each.is_string() ? fixed_in<Array>(each.get_string()) : std::nullopt;
    if (value)
      values.push_back(*value);
    return value.has_value();
  };
  auto* list = from->if_array();
  auto fine = list ? std::ranges::all_of(*list, add) : add(*from);
  return fine ? std::optional{values} : std::nullopt;
}

bool read_topics(const json::value* from, log_filter& to) {
  if (!from || from->is_null())
    return true;
  auto* list = from->if_array();
  if (!list || list->size() > 4)
    return false;
  for (auto& each : *list) {
    auto any = one_or_many<hash256>(&each);
    if (!any)
      return false;
    to.topics.push_back(std::move(*any));
  }
  return true;
}

bool read_blocks(const embedded_ledger& ledger, const json::object& from, log_filter& to) {
  if (auto* hash = from.if_contains("blockHash")) {
    auto digest = hash->is_string() ? fixed_in<hash256>(hash->get_string()) : std::nullopt;
    auto number = digest ? ledger.blocks().number_of(*digest) : std::nullopt;
    to.first_block = to.last_block = number.value_or(0);
    return number.has_value();
  }
  auto* first = from.if_contains("fromBlock");
  auto* last = from.if_contains("toBlock");
  auto from_number = block_number_in(ledger, first ? *first : json::value{});
  auto to_number = block_number_in(ledger, last ? *last : json::value{});
  to.first_block = from_number.value_or(0);
  to.last_block = to_number.value_or(0);
  return from_number && to_number;
}

} // namespace

bool log_filter::takes(const log& what) const {
  auto is_any = [](const auto& wanted, const auto& found) {
    return wanted.empty() || std::ranges::find(wanted, found) != wanted.end();
  };
  if (!is_any(emitters, what.emitter) || topics.size() > what.topics.size())
    return false;
  for (size_t i = 0; i < topics.size(); ++i)
    if (!is_any(topics[i], what.topics[i]))
      return false;
  return true;
}

std::variant<log_filter, failure> log_filter_in(const embedded_ledger& ledger,
                                                const json::value& from) {
  auto* object = from.if_object();
  if (!object)
    return json_rpc::wrong_parameter("missing value for required argument 0");
  log_filter filter;
  auto emitters = one_or_many<address>(object->if_contains("address"));
  if (!emitters)
    return json_rpc::wrong_parameter("invalid argument 0: address");
  filter.emitters = std::move(*emitters);
  if (!read_topics(object->if_contains("topics"), filter))
    return json_rpc::wrong_parameter("invalid argument 0: topics");
  if (!read_blocks(ledger, *object, filter))
    return json_rpc::wrong_parameter("invalid argument 0: unknown block");
  return filter;
}

json::array logs_json(const embedded_ledger& ledger, const log_filter& filter) {
  json::array found;
  auto last = std::min(filter.last_block, ledger.blocks().head().place.number);
  for (auto number = filter.first_block; number <= last; ++number)
    for (auto& receipt : ledger.blocks().find(number)->receipts)
      for (size_t i = 0; i < receipt.logs.size(); ++i)
        if (filter.takes(receipt.logs[i]))
          found.push_back(
            log_json({receipt.logs[i], receipt.block, receipt.transaction, receipt.first_log + i},
                     receipt.index));
  return found;
}

std::optional<outcome> answer(const embedded_ledger& ledger, std::string_view name,
                              const json::array& params) {
  auto found = methods().find(name);
  if (found == methods().end())
    return std::nullopt;
  reader given{ledger, params};
  auto result = found->second(ledger, given);
  return given.failure() ? outcome{*given.failure()} : result;
}

} // namespace flwr::eth
