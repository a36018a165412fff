/// The embedded ledger against tests/vectors/federated-run.json: what a real node did.
#include "actors/chain/run_events.hpp"
#include "tests/chain/ledger_fixture.hpp"
#include "tests/chain/run_vectors.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

uint64_t number_in(const boost::json::value& from, std::string_view key) {
  return from.at(key).to_number<uint64_t>();
}

/// A transaction of the table, signed by its sender, one of the development accounts.
signed_transaction transaction_of(const boost::json::value& from) {
  std::optional<address> to;
  if (!is_creation(from))
    to = address_in(from, "to");
  auto tx = new_transaction(number_in(from, "nonce"), to, data_of(from));
  tx.value = number_in(from, "value");
  tx.gas_limit = number_in(from, "gas_limit");
  auto sender = address_in(from, "from");
  unsigned key = 0;
  while (dev_key(key)->address() != sender)
    REQUIRE(++key < 10);
  return sign(std::move(tx), *dev_key(key));
}

ledger_genesis rich_genesis() {
  auto genesis = usual_genesis();
  for (unsigned key = 0; key < 10; ++key)
    genesis.funded[dev_key(key)->address()] = ether;
  return genesis;
}

void check_receipt(const receipt& made, const boost::json::value& from) {
  CHECK(made.succeeded == (from.at("status") == 1));
  CHECK(made.gas_used == number_in(from, "gas_used"));
  CHECK(made.cumulative_gas_used == made.gas_used);
  CHECK(made.block.number == number_in(from, "block"));
  CHECK(made.from == address_in(from, "from"));
  CHECK(made.logs == (made.succeeded ? logs_of(from) : std::vector<flwr::log>{}));
  CHECK(made.contract.has_value() == (is_creation(from) && made.succeeded));
  if (made.contract)
    CHECK(*made.contract == contract_of(from));
}

/// The views that the table has for the end of the case's block.
size_t check_views(const embedded_ledger& ledger, const boost::json::value& from) {
  auto views = from.as_object().if_contains("views");
  if (!views)
    return 0;
  for (const auto& view : views->as_array()) {
    auto answer =
      ledger.call({{}, contract_of(from), unhex(text_of(view, "data")), number_in(from, "block")});
    INFO(text_of(view, "data"));
    if (!view.as_object().contains("revert")) {
      REQUIRE(answer);
      CHECK(to_0x(*answer) == text_of(view, "result"));
      continue;
    }
    REQUIRE(!answer);
    CHECK(answer.error() == ec::rejected);
    CHECK(render(answer.error())
          == "execution reverted: " + *refusal_in(unhex(text_of(view, "revert"))));
  }
  return views->as_array().size();
}

} // namespace

TEST_CASE("the ledger's receipts and views are a real node's, then, later and after a restart") {
  temporary_directory directory;
  auto ledger = embedded_ledger::create(directory.path(), rich_genesis());
  REQUIRE(ledger);
  for (const auto& each : run_cases()) {
    INFO(text_of(each, "name"));
    auto tx = transaction_of(each);
    REQUIRE(ledger->submit(tx.raw) == tx.hash);
    REQUIRE(ledger->seal(chain_seconds{number_in(each, "timestamp")}));
    const auto& block = ledger->blocks().head();
    REQUIRE(block.header.timestamp == number_in(each, "timestamp"));
    check_receipt(block.receipts.back(), each);
    check_views(*ledger, each);
  }

  auto again = embedded_ledger::open(directory.path(), journal_access::read_only);
  REQUIRE(again);
  CHECK(again->blocks().head().place == ledger->blocks().head().place);
  size_t asked = 0;
  for (const auto& each : run_cases())
    if (number_in(each, "block") % 25 == 2)
      asked += check_views(*again, each);
  CHECK(asked > 100);
}
