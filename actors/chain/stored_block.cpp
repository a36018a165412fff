#include "actors/chain/stored_block.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/chain/rlp_fields.hpp"

namespace flwr {
namespace {

// A block's gas limit leaves room for 4 MiB of zeros.
constexpr size_t max_block_bytes = size_t{1} << 23;

/// Calls `visit` with each field's name and the field of each header, in the order of the encoding.
template <class Visit, class... Headers>
void for_each_field(Visit visit, Headers&... each) {
  visit("the parent hash", each.parent_hash...);
  visit("the ommers hash", each.ommers_hash...);
  visit("the beneficiary", each.beneficiary...);
  visit("the state root", each.state_root...);
  visit("the transactions root", each.transactions_root...);
  visit("the receipts root", each.receipts_root...);
  visit("the logs bloom", each.logs_bloom...);
  visit("the difficulty", each.difficulty...);
  visit("the number", each.number...);
  visit("the gas limit", each.gas_limit...);
  visit("the gas used", each.gas_used...);
  visit("the timestamp", each.timestamp...);
  visit("the extra data", each.extra_data...);
  visit("the mix hash", each.mix_hash...);
  visit("the nonce", each.nonce...);
  visit("the base fee", each.base_fee_per_gas...);
  visit("the withdrawals root", each.withdrawals_root...);
}

struct field_reader {
  rlp_fields& from;

  template <class T>
  void operator()(std::string_view name, T& to) const {
    from.take(name, to);
  }
  void operator()(std::string_view name, std::optional<u256>& to) const {
    from.take(name, to.emplace());
  }
  void operator()(std::string_view name, std::optional<hash256>& to) const {
    from.take(name, to.emplace());
  }
};

} // namespace

bytes encode(const stored_block& block) {
  rlp_list list;
  for (const auto& raw : block.transactions)
    list.add(raw);
  return rlp_list{}.add_encoded(encode_header(block.header)).add(list).encode();
}

expected<stored_block> decode_stored_block(std::span<const uint8_t> data) {
  auto pair = rlp_decode(data, max_block_bytes);
  if (!pair)
    return pair.error();
  stored_block block;
  rlp_fields from{*pair};
  from.take_list("the header",
                 [&](rlp_fields& fields) { for_each_field(field_reader{fields}, block.header); });
  from.take_list("the transactions", [&](rlp_fields& each) {
    while (each.has_more())
      each.take("a transaction", block.transactions.emplace_back());
  });
  if (auto complete = from.finish(); !complete)
    return complete.error();
  return block;
}

std::optional<std::string_view> difference(const block_header& a, const block_header& b) {
  std::optional<std::string_view> first;
  auto compare = [&](std::string_view name, const auto& left, const auto& right) {
    if (!first && left != right)
      first = name;
  };
  for_each_field(compare, a, b);
  return first;
}

} // namespace flwr
