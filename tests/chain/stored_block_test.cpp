#include "actors/chain/stored_block.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;

namespace {

stored_block any_block() {
  stored_block block;
  auto& header = block.header;
  header.parent_hash = *rc::gen::arbitrary<hash256>();
  header.beneficiary = *rc::gen::arbitrary<address>();
  header.state_root = *rc::gen::arbitrary<hash256>();
  header.number = *rc::gen::arbitrary<uint64_t>();
  header.gas_used = *rc::gen::arbitrary<uint64_t>();
  header.timestamp = *rc::gen::arbitrary<uint64_t>();
  header.extra_data = *rc::gen::arbitrary<bytes>();
  header.difficulty = *rc::gen::arbitrary<uint64_t>();
  header.base_fee_per_gas = *rc::gen::arbitrary<uint64_t>();
  header.withdrawals_root = *rc::gen::arbitrary<hash256>();
  block.transactions = *rc::gen::arbitrary<std::vector<bytes>>();
  return block;
}

} // namespace

TEST_CASE("any block survives its record") {
  rc::prop("decode what was encoded", [] {
    auto block = any_block();
    auto read = decode_stored_block(encode(block));
    RC_ASSERT(bool(read));
    RC_ASSERT(!difference(read->header, block.header));
    RC_ASSERT(read->transactions == block.transactions);
  });
}

TEST_CASE("a block's record has one form only") {
  rc::prop("what is read is what would be written; nothing is cut short or behind", [] {
    auto record = encode(any_block());
    RC_ASSERT(
      !decode_stored_block(std::span{record}.first(*rc::gen::inRange<size_t>(0, record.size()))));
    auto longer = record;
    longer.push_back(0);
    RC_ASSERT(!decode_stored_block(longer));
    auto bit = *rc::gen::inRange<size_t>(0, 8 * record.size());
    record[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    if (auto read = decode_stored_block(record))
      RC_ASSERT(encode(*read) == record);
  });
}

TEST_CASE("a record of more than 8 MiB is no block") {
  auto read = decode_stored_block(bytes((size_t{1} << 23) + 1, 0xf9));
  REQUIRE(!read);
  CHECK(read.error() == ec::corrupt);
}
