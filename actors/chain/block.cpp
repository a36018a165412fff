#include "actors/chain/block.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/hash/keccak256.hpp"

namespace flwr {

bytes encode_header(const block_header& header) {
  rlp_list list;
  list.add(header.parent_hash).add(header.ommers_hash).add(header.beneficiary);
  list.add(header.state_root).add(header.transactions_root).add(header.receipts_root);
  list.add(header.logs_bloom).add(header.difficulty).add(header.number);
  list.add(header.gas_limit).add(header.gas_used).add(header.timestamp);
  list.add(header.extra_data).add(header.mix_hash).add(header.nonce);
  if (header.base_fee_per_gas)
    list.add(*header.base_fee_per_gas);
  if (header.withdrawals_root)
    list.add(*header.withdrawals_root);
  return list.encode();
}

hash256 block_hash(const block_header& header) { return keccak256(encode_header(header)); }

} // namespace flwr
