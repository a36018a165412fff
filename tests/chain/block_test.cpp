#include "actors/chain/block.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/chain/trie.hpp"
#include "actors/hash/keccak256.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

uint64_t quantity(const boost::json::value& from, std::string_view key) {
  return static_cast<uint64_t>(number_of(from, key));
}

block_header header_in(const boost::json::value& from) {
  block_header header;
  header.parent_hash = fixed_of<hash256>(from, "parentHash");
  header.ommers_hash = fixed_of<hash256>(from, "ommersHash");
  header.beneficiary = fixed_of<address>(from, "beneficiary");
  header.state_root = fixed_of<hash256>(from, "stateRoot");
  header.transactions_root = fixed_of<hash256>(from, "transactionsRoot");
  header.receipts_root = fixed_of<hash256>(from, "receiptsRoot");
  header.logs_bloom = fixed_of<logs_bloom>(from, "logsBloom");
  header.difficulty = number_of(from, "difficulty");
  header.number = quantity(from, "number");
  header.gas_limit = quantity(from, "gasLimit");
  header.gas_used = quantity(from, "gasUsed");
  header.timestamp = quantity(from, "timestamp");
  header.extra_data = unhex(text_of(from, "extraData"));
  header.mix_hash = fixed_of<hash256>(from, "mixHash");
  header.nonce = fixed_of<std::array<uint8_t, 8>>(from, "nonce");
  if (from.as_object().contains("baseFeePerGas"))
    header.base_fee_per_gas = number_of(from, "baseFeePerGas");
  if (from.as_object().contains("withdrawalsRoot"))
    header.withdrawals_root = fixed_of<hash256>(from, "withdrawalsRoot");
  return header;
}

} // namespace

TEST_CASE("headers of the vectors, from Frontier to Shanghai, have their RLP and hash") {
  size_t shanghai = 0;
  for (const auto& each : cases_of("blocks", "header")) {
    INFO(text_of(each, "name"));
    auto header = header_in(each.at("header"));
    CHECK(to_0x(encode_header(header)) == text_of(each, "encoded"));
    CHECK(to_0x(block_hash(header)) == text_of(each, "hash"));
    shanghai += header.withdrawals_root.has_value();
  }
  CHECK(shanghai == 3);
}

TEST_CASE("a block without ommers says so by the hash of an empty list") {
  CHECK(no_ommers_hash == keccak256(rlp_list{}.encode()));
  CHECK(block_header{}.ommers_hash == no_ommers_hash);
}

TEST_CASE("blocks of the vectors commit to their transactions") {
  for (const auto& each : cases_of("blocks", "transactions")) {
    INFO(text_of(each, "name"));
    CHECK(to_0x(ordered_trie_root(hex_list_of(each, "transactions"))) == text_of(each, "root"));
  }
}
