/// A second opinion on roots and hashes: tests/vectors/ledger.json.
#include "tests/chain/chain_vectors.hpp"
#include "tests/chain/ledger_fixture.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

void check_header(const sealed_block& block, const boost::json::value& from) {
  CHECK(to_0x(block.header.state_root) == text_of(from, "state_root"));
  CHECK(to_0x(block.header.transactions_root) == text_of(from, "transactions_root"));
  CHECK(to_0x(block.header.receipts_root) == text_of(from, "receipts_root"));
  CHECK(to_0x(block.header.logs_bloom) == text_of(from, "logs_bloom"));
  CHECK(block.header.gas_used == from.at("gas_used").to_number<uint64_t>());
  CHECK(to_0x(block.place.hash) == text_of(from, "hash"));
}

} // namespace

TEST_CASE_METHOD(ledger_fixture, "every root and hash of a small chain is another EVM's") {
  auto cases = load_cases("ledger");
  check_header(ledger->blocks().head(), cases.front());
  for (size_t number = 1; number < cases.size(); ++number) {
    const auto& each = cases[number];
    INFO(text_of(each, "name"));
    for (const auto& raw : hex_list_of(each, "transactions"))
      REQUIRE(ledger->submit(raw));
    now = chain_seconds{each.at("timestamp").to_number<uint64_t>()};
    check_header(sealed(), each);
  }
  CHECK(reopened()->blocks().head().place == ledger->blocks().head().place);
}
