#include "actors/chain/transaction.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/chain/rlp_fields.hpp"
#include "actors/hash/keccak256.hpp"

#include <limits>
#include <string>
#include <utility>

namespace flwr {
namespace {

// How EIP-155 tells parity and chain id in one number.
constexpr unsigned first_plain_v = 27, first_chain_v = 35;

rlp_list encode(const std::vector<access_list_entry>& entries) {
  rlp_list list;
  for (const auto& entry : entries) {
    rlp_list keys;
    for (const auto& key : entry.storage_keys)
      keys.add(key);
    list.add(rlp_list{}.add(entry.account).add(keys));
  }
  return list;
}

/// The fields in their order, but for a signature.
rlp_list unsigned_fields(const transaction& tx) {
  rlp_list list;
  if (tx.type != tx_type::legacy)
    list.add(tx.chain_id.value_or(0));
  list.add(tx.nonce);
  if (tx.type == tx_type::dynamic_fee)
    list.add(tx.max_priority_fee_per_gas);
  list.add(tx.max_fee_per_gas).add(tx.gas_limit);
  list.add(tx.to ? std::span<const uint8_t>{*tx.to} : std::span<const uint8_t>{});
  list.add(tx.value).add(tx.data);
  if (tx.type != tx_type::legacy)
    list.add(encode(tx.access_list));
  return list;
}

/// The list behind its type byte.
bytes envelope(tx_type type, const rlp_list& list) {
  auto encoded = list.encode();
  if (type != tx_type::legacy)
    encoded.insert(encoded.begin(), static_cast<uint8_t>(type));
  return encoded;
}

caf::error no_transaction(const std::string& why) {
  return make_error(ec::corrupt, "no signed transaction: " + why);
}

expected<tx_type> type_in(std::span<const uint8_t> raw) {
  if (raw.empty())
    return no_transaction("there are no bytes");
  auto first = raw.front();
  if (first >= 0xc0) // A list.
    return tx_type::legacy;
  if (first == 1 || first == 2)
    return static_cast<tx_type>(first);
  if (first <= 0x7f)
    return make_error(ec::rejected, "transactions of type " + std::to_string(first)
                                      + " aren't supported here; send one of type 2 (EIP-1559)");
  return no_transaction("neither a list nor a type comes first");
}

void take_storage_keys(rlp_fields& from, std::vector<hash256>& to) {
  from.take_list("a list of storage keys", [&](rlp_fields& keys) {
    while (keys.has_more())
      keys.take("a storage key", to.emplace_back());
  });
}

void take_access_list(rlp_fields& from, std::vector<access_list_entry>& to) {
  from.take_list("the access list", [&](rlp_fields& entries) {
    while (entries.has_more())
      entries.take_list("an entry of the access list", [&](rlp_fields& entry) {
        auto& [account, storage_keys] = to.emplace_back();
        entry.take("an address in the access list", account);
        take_storage_keys(entry, storage_keys);
      });
  });
}

/// The inverse of unsigned_fields, but for a legacy transaction's chain id.
void take_unsigned_fields(rlp_fields& from, transaction& tx) {
  if (tx.type != tx_type::legacy)
    from.take("the chain id", tx.chain_id.emplace());
  from.take("the nonce", tx.nonce);
  if (tx.type == tx_type::dynamic_fee)
    from.take("the priority fee", tx.max_priority_fee_per_gas);
  from.take("the fee per gas", tx.max_fee_per_gas);
  if (tx.type != tx_type::dynamic_fee)
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
  from.take("the gas limit", tx.gas_limit);
  from.take("the recipient", tx.to).take("the value", tx.value).take("the data", tx.data);
  if (tx.type != tx_type::legacy)
    take_access_list(from, tx.access_list);
}

/// Judges the signature, and adds what follows from it.
expected<signed_transaction> with_sender(signed_transaction tx, const u256& v) {
  auto parity = take_signature_v(v, tx.fields);
  if (!parity)
    return no_transaction("invalid sender: its v of " + v.str()
                          + " says neither parity nor chain id");
  tx.signature.parity = *parity;
  auto sender = recover(signing_hash(tx.fields), tx.signature);
  if (!sender)
    return no_transaction("invalid sender: its signature is nobody's, or has the higher s");
  tx.sender = *sender;
  tx.hash = keccak256(tx.raw);
  return tx;
}

} // namespace

u256 signature_v(const transaction& tx, uint8_t parity) {
  if (tx.type != tx_type::legacy)
    return parity;
  return tx.chain_id ? u256{*tx.chain_id} * 2 + first_chain_v + parity
                     : u256{first_plain_v + parity};
}

std::optional<uint8_t> take_signature_v(const u256& v, transaction& tx) {
  if (tx.type != tx_type::legacy)
    return v <= 1 ? std::optional{static_cast<uint8_t>(v)} : std::nullopt;
  if (v == first_plain_v || v == first_plain_v + 1)
    return static_cast<uint8_t>(v - first_plain_v);
  u256 chain_id = (v - first_chain_v) / 2;
  if (v < first_chain_v || chain_id > std::numeric_limits<uint64_t>::max())
    return std::nullopt;
  tx.chain_id = static_cast<uint64_t>(chain_id);
  return static_cast<uint8_t>((v - first_chain_v) % 2);
}

bytes signed_bytes(const transaction& tx, const signature& by) {
  return envelope(tx.type, unsigned_fields(tx).add(signature_v(tx, by.parity)).add(by.r).add(by.s));
}

bytes unsigned_bytes(const transaction& tx) {
  auto list = unsigned_fields(tx);
  if (tx.type == tx_type::legacy && tx.chain_id)
    list.add(*tx.chain_id).add(0).add(0);
  return envelope(tx.type, list);
}

hash256 signing_hash(const transaction& tx) { return keccak256(unsigned_bytes(tx)); }

signed_transaction sign(transaction tx, const signing_key& key) {
  auto by = key.sign(signing_hash(tx));
  auto raw = signed_bytes(tx, by);
  auto hash = keccak256(raw);
  return {std::move(tx), by, key.address(), std::move(raw), hash};
}

expected<signed_transaction> decode_transaction(std::span<const uint8_t> raw) {
  auto type = type_in(raw);
  if (!type)
    return type.error();
  auto list = rlp_decode(raw.subspan(*type == tx_type::legacy ? 0 : 1));
  if (!list)
    return no_transaction(render(list.error()));
  signed_transaction tx;
  tx.fields.type = *type;
  tx.raw.assign(raw.begin(), raw.end());
  u256 v;
  rlp_fields from{*list};
  take_unsigned_fields(from, tx.fields);
  from.take("v", v).take("r", tx.signature.r).take("s", tx.signature.s);
  if (auto complete = from.finish(); !complete)
    return no_transaction(render(complete.error()));
  return with_sender(std::move(tx), v);
}

} // namespace flwr
