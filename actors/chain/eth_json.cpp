#include "actors/chain/eth_json.hpp"

#include "actors/chain/eth_values.hpp"
#include "actors/chain/receipt_codec.hpp"

namespace flwr::eth {
namespace {

namespace json = boost::json;

template <class T>
json::value optional_0x(const std::optional<T>& value) {
  return value ? json::value(to_0x(*value)) : json::value{};
}

json::array access_list_json(const std::vector<access_list_entry>& entries) {
  json::array list;
  for (auto& entry : entries) {
    json::array keys;
    for (auto& key : entry.storage_keys)
      keys.emplace_back(to_0x(key));
    list.push_back(json::object{{"address", to_0x(entry.account)}, {"storageKeys", keys}});
  }
  return list;
}

void add_fees(json::object& to, const transaction& fields, const receipt* where) {
  auto paid = where ? where->effective_gas_price : fields.max_fee_per_gas;
  to.emplace("gasPrice",
             quantity(fields.type == tx_type::dynamic_fee ? paid : fields.max_fee_per_gas));
  if (fields.type != tx_type::dynamic_fee)
    return;
  to.emplace("maxFeePerGas", quantity(fields.max_fee_per_gas));
  to.emplace("maxPriorityFeePerGas", quantity(fields.max_priority_fee_per_gas));
}

void add_place(json::object& to, const receipt* where) {
  to.emplace("blockHash", where ? json::value(to_0x(where->block.hash)) : json::value{});
  to.emplace("blockNumber", where ? json::value(quantity(where->block.number)) : json::value{});
  to.emplace("transactionIndex", where ? json::value(quantity(where->index)) : json::value{});
}

uint64_t size_of(const sealed_block& block) {
  auto size = encode_header(block.header).size();
  for (auto& raw : block.transactions)
    size += raw.size();
  return size;
}

json::array transactions_json(const sealed_block& block, bool full) {
  json::array list;
  for (size_t i = 0; i < block.transactions.size(); ++i) {
    if (!full) {
      list.emplace_back(to_0x(block.receipts[i].transaction));
      continue;
    }
    if (auto tx = decode_transaction(block.transactions[i]))
      list.push_back(transaction_json(*tx, &block.receipts[i]));
  }
  return list;
}

} // namespace

json::object block_json(const sealed_block& block, bool full) {
  auto& header = block.header;
  return {{"number", quantity(header.number)},
          {"hash", to_0x(block.place.hash)},
          {"parentHash", to_0x(header.parent_hash)},
          {"nonce", to_0x(header.nonce)},
          {"mixHash", to_0x(header.mix_hash)},
          {"sha3Uncles", to_0x(header.ommers_hash)},
          {"logsBloom", to_0x(header.logs_bloom)},
          {"transactionsRoot", to_0x(header.transactions_root)},
          {"stateRoot", to_0x(header.state_root)},
          {"receiptsRoot", to_0x(header.receipts_root)},
          {"miner", to_0x(header.beneficiary)},
          {"difficulty", quantity(header.difficulty)},
          {"totalDifficulty", quantity(0)},
          {"extraData", to_0x(header.extra_data)},
          {"size", quantity(size_of(block))},
          {"gasLimit", quantity(header.gas_limit)},
          {"gasUsed", quantity(header.gas_used)},
          {"timestamp", quantity(header.timestamp)},
          {"baseFeePerGas", quantity(header.base_fee_per_gas.value_or(0))},
          {"withdrawalsRoot", optional_0x(header.withdrawals_root)},
          {"withdrawals", json::array{}},
          {"uncles", json::array{}},
          {"transactions", transactions_json(block, full)}};
}

json::object transaction_json(const signed_transaction& tx, const receipt* where) {
  auto& fields = tx.fields;
  json::object out{{"hash", to_0x(tx.hash)},
                   {"type", quantity(static_cast<uint8_t>(fields.type))},
                   {"nonce", quantity(fields.nonce)},
                   {"from", to_0x(tx.sender)},
                   {"to", optional_0x(fields.to)},
                   {"value", quantity(fields.value)},
                   {"gas", quantity(fields.gas_limit)},
                   {"input", to_0x(fields.data)},
                   {"v", quantity(signature_v(fields, tx.signature.parity))},
                   {"r", quantity(tx.signature.r)},
                   {"s", quantity(tx.signature.s)}};
  if (fields.chain_id)
    out.emplace("chainId", quantity(*fields.chain_id));
  if (fields.type != tx_type::legacy) {
    out.emplace("accessList", access_list_json(fields.access_list));
    out.emplace("yParity", quantity(tx.signature.parity));
  }
  add_fees(out, fields, where);
  add_place(out, where);
  return out;
}

json::object receipt_json(const receipt& from) {
  json::array logs;
  for (size_t i = 0; i < from.logs.size(); ++i)
    logs.push_back(
      log_json({from.logs[i], from.block, from.transaction, from.first_log + i}, from.index));
  json::object out{{"transactionHash", to_0x(from.transaction)},
                   {"from", to_0x(from.from)},
                   {"to", optional_0x(from.to)},
                   {"contractAddress", optional_0x(from.contract)},
                   {"status", quantity(from.succeeded ? 1 : 0)},
                   {"type", quantity(from.type)},
                   {"gasUsed", quantity(from.gas_used)},
                   {"cumulativeGasUsed", quantity(from.cumulative_gas_used)},
                   {"effectiveGasPrice", quantity(from.effective_gas_price)},
                   {"logsBloom", to_0x(bloom_of(from.logs))},
                   {"logs", std::move(logs)}};
  add_place(out, &from);
  return out;
}

json::object log_json(const placed_log& from, uint64_t transaction_index) {
  json::array topics;
  for (auto& topic : from.what.topics)
    topics.emplace_back(to_0x(topic));
  return {{"address", to_0x(from.what.emitter)},
          {"topics", std::move(topics)},
          {"data", to_0x(from.what.data)},
          {"blockNumber", quantity(from.block.number)},
          {"blockHash", to_0x(from.block.hash)},
          {"transactionHash", to_0x(from.transaction)},
          {"transactionIndex", quantity(transaction_index)},
          {"logIndex", quantity(from.index)},
          {"removed", false}};
}

} // namespace flwr::eth
