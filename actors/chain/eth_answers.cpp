#include "actors/chain/eth_answers.hpp"

#include "actors/chain/eth_values.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace flwr::eth {
namespace {

namespace json = boost::json;

caf::error broken(const std::string& why) {
  return make_error(ec::corrupt, "the node's answer " + why);
}

std::string_view text_of(const json::value& from) {
  return from.is_string() ? std::string_view{from.get_string()} : std::string_view{};
}

log log_in(const json::value& from, caf::error& failure) {
  answer_fields fields{from, "log", failure};
  log what{fields.fixed<address>("address"), {}, fields.data("data")};
  for (auto& topic : fields.list("topics")) {
    auto value = fixed_in<hash256>(text_of(topic));
    if (!value || what.topics.size() == 4)
      fields.refuse("topics", "aren't at most four hashes");
    what.topics.push_back(value.value_or(hash256{}));
  }
  return what;
}

placed_log placed_log_in(const json::value& from, caf::error& failure) {
  answer_fields fields{from, "log", failure};
  return {log_in(from, failure),
          {fields.number("blockNumber"), fields.fixed<hash256>("blockHash")},
          fields.fixed<tx_hash>("transactionHash"),
          fields.number("logIndex")};
}

std::optional<address> optional_address(answer_fields& fields, std::string_view key) {
  return fields.is_null(key) ? std::nullopt : std::optional{fields.fixed<address>(key)};
}

receipt read_receipt(const json::value& from, caf::error& failure) {
  answer_fields fields{from, "receipt", failure};
  receipt what;
  what.transaction = fields.fixed<tx_hash>("transactionHash");
  what.type = fields.is_null("type") ? 0 : static_cast<uint8_t>(fields.number("type"));
  what.index = fields.number("transactionIndex");
  what.block = {fields.number("blockNumber"), fields.fixed<hash256>("blockHash")};
  what.from = fields.fixed<address>("from");
  what.to = optional_address(fields, "to");
  what.contract = optional_address(fields, "contractAddress");
  what.succeeded = fields.number("status") == 1;
  what.gas_used = fields.number("gasUsed");
  what.cumulative_gas_used = fields.number("cumulativeGasUsed");
  what.effective_gas_price = fields.quantity("effectiveGasPrice");
  for (auto& each : fields.list("logs")) {
    auto found = placed_log_in(each, failure);
    if (what.logs.empty())
      what.first_log = found.index;
    if (found.transaction != what.transaction || found.block != what.block
        || found.index != what.first_log + what.logs.size())
      fields.refuse("logs", "belong elsewhere");
    what.logs.push_back(std::move(found.what));
  }
  return what;
}

std::vector<access_list_entry> access_list_in(answer_fields& fields, caf::error& failure) {
  std::vector<access_list_entry> list;
  for (auto& each : fields.list("accessList")) {
    answer_fields entry{each, "access list", failure};
    access_list_entry read{entry.fixed<address>("address"), {}};
    for (auto& key : entry.list("storageKeys"))
      read.storage_keys.push_back(fixed_in<hash256>(text_of(key)).value_or(hash256{}));
    list.push_back(std::move(read));
  }
  return list;
}

transaction transaction_in(answer_fields& fields, caf::error& failure) {
  transaction tx;
  auto type = fields.is_null("type") ? 0 : fields.number("type");
  if (type > 2)
    fields.refuse("type", "isn't one that this version knows");
  tx.type = static_cast<tx_type>(std::min<uint64_t>(type, 2));
  tx.nonce = fields.number("nonce");
  tx.gas_limit = fields.number("gas");
  tx.to = optional_address(fields, "to");
  tx.value = fields.quantity("value");
  tx.data = fields.data("input");
  auto is_dynamic = tx.type == tx_type::dynamic_fee;
  tx.max_fee_per_gas = fields.quantity(is_dynamic ? "maxFeePerGas" : "gasPrice");
  tx.max_priority_fee_per_gas =
    is_dynamic ? fields.quantity("maxPriorityFeePerGas") : tx.max_fee_per_gas;
  if (tx.type != tx_type::legacy) {
    tx.chain_id = fields.number("chainId");
    tx.access_list = access_list_in(fields, failure);
  }
  return tx;
}

} // namespace

expected<uint64_t> number_answer(const json::value& from) {
  auto value = number_in(text_of(from));
  return value ? expected<uint64_t>{*value} : broken("isn't a quantity of 64 bits");
}

expected<u256> quantity_answer(const json::value& from) {
  auto value = quantity_in(text_of(from));
  return value ? expected<u256>{*value} : broken("isn't a quantity");
}

expected<bytes> data_answer(const json::value& from) {
  auto value = data_in(text_of(from));
  return value ? expected<bytes>{std::move(*value)} : broken("isn't data");
}

expected<block_facts> block_answer(const json::value& from) {
  if (from.is_null())
    return make_error(ec::missing, "there is no such block yet");
  caf::error failure;
  answer_fields fields{from, "block", failure};
  block_facts facts{{fields.number("number"), fields.fixed<hash256>("hash")},
                    fields.fixed<hash256>("parentHash"),
                    fields.number("timestamp")};
  if (failure)
    return failure;
  return facts;
}

expected<std::optional<receipt>> receipt_answer(const json::value& from, const tx_hash& asked) {
  if (from.is_null())
    return std::optional<receipt>{};
  caf::error failure;
  auto what = read_receipt(from, failure);
  if (!failure && what.transaction != asked)
    failure = broken("is another transaction's receipt");
  if (failure)
    return failure;
  return std::optional{std::move(what)};
}

expected<std::optional<placed_transaction>> transaction_answer(const json::value& from,
                                                               const tx_hash& asked) {
  if (from.is_null())
    return std::optional<placed_transaction>{};
  caf::error failure;
  answer_fields fields{from, "transaction", failure};
  if (!failure && fields.fixed<tx_hash>("hash") != asked)
    return broken("is another transaction");
  if (!failure && fields.is_null("blockNumber"))
    return std::optional<placed_transaction>{};
  auto tx = transaction_in(fields, failure);
  auto parity = take_signature_v(fields.quantity("v"), tx);
  signature by{fields.quantity("r"), fields.quantity("s"), parity.value_or(0)};
  block_ref block{fields.number("blockNumber"), fields.fixed<hash256>("blockHash")};
  if (failure)
    return failure;
  auto read = decode_transaction(signed_bytes(tx, by));
  if (!parity || !read || read->hash != asked)
    return broken("has fields that don't make the transaction which was asked for");
  return std::optional{placed_transaction{read->raw, block}};
}

expected<std::vector<placed_log>> logs_answer(const json::value& from, const log_query& asked) {
  if (!from.is_array())
    return broken("isn't a list of logs");
  caf::error failure;
  std::vector<placed_log> logs;
  for (auto& each : from.get_array()) {
    auto found = placed_log_in(each, failure);
    auto fits =
      found.what.emitter == asked.emitter && found.block.number >= asked.first_block
      && found.block.number <= asked.last_block
      && (!asked.topic || (!found.what.topics.empty() && found.what.topics[0] == *asked.topic));
    if (!failure && !fits)
      failure = broken("has a log that wasn't asked for");
    if (failure)
      return failure;
    logs.push_back(std::move(found));
  }
  std::ranges::stable_sort(logs, {}, [](const placed_log& each) {
    return std::pair{each.block.number, each.index};
  });
  return logs;
}

} // namespace flwr::eth
