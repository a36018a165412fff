/// A ledger's file that somebody, or a disk, has changed: refused, or as it was; never another one.
#include "actors/hash/hex.hpp"
#include "actors/runtime/sqlite.hpp"
#include "tests/chain/ledger_fixture.hpp"

#include <fstream>

using namespace flwr;
using namespace flwr::test;

namespace {

namespace fs = std::filesystem;

/// A ledger of three blocks.
struct written_fixture : ledger_fixture {
  written_fixture() {
    executed(deployment());
    executed(commit_of(1));
    executed(commit_of(2));
  }

  fs::path path() const { return directory / "ledger.sqlite"; }

  void change(const std::string& sql) const {
    auto database = sqlite_database::open(path(), file_access::read_write);
    REQUIRE(database->run(sql.c_str()));
  }

  /// The error of opening it, which names the file.
  std::string refusal() const {
    auto opened = reopened();
    REQUIRE(!opened);
    CHECK(opened.error() == ec::corrupt);
    CHECK_THAT(render(opened.error()), Catch::StartsWith(path().string()));
    return render(opened.error());
  }

  bytes last_body() const {
    auto database = sqlite_database::open(path(), file_access::read_only);
    auto row = database->prepare("SELECT body FROM entry WHERE sequence = 3");
    REQUIRE(*row.step());
    return row.blob(0);
  }
};

/// A ledger's file with right checks around blocks that somebody has made up.
struct forged_fixture {
  /// Opens a file of these blocks; answers why not.
  std::string refusal_of(const std::vector<stored_block>& blocks,
                         const ledger_genesis& genesis = usual_genesis()) {
    temporary_directory directory;
    {
      auto file = ledger_file::create(directory.path(), genesis);
      REQUIRE(file);
      for (const auto& each : blocks)
        REQUIRE(file->append(each));
    }
    auto opened = embedded_ledger::open(directory.path(), journal_access::read_only);
    if (opened)
      return "opened";
    CHECK(opened.error() == ec::corrupt);
    auto words = render(opened.error());
    auto name = (directory / "ledger.sqlite").string() + ": ";
    REQUIRE_THAT(words, Catch::StartsWith(name));
    return words.substr(name.size());
  }

  static std::vector<stored_block> three_blocks() {
    written_fixture written;
    std::vector<stored_block> blocks;
    for (uint64_t number = 1; number <= 3; ++number) {
      const auto& block = *written.ledger->blocks().find(number);
      blocks.push_back({block.header, block.transactions});
    }
    return blocks;
  }

  std::vector<stored_block> blocks = three_blocks();
};

} // namespace

TEST_CASE_METHOD(written_fixture, "every flipped bit of the last block's record is noticed") {
  const auto body = last_body();
  const auto head = ledger->blocks().head().place;
  auto database = sqlite_database::open(path(), file_access::read_write);
  for (size_t byte = 0; byte < body.size(); ++byte) {
    auto flipped = body;
    flipped[byte] ^= static_cast<uint8_t>(1 << byte % 8);
    auto update = database->prepare("UPDATE entry SET body = ? WHERE sequence = 3");
    REQUIRE(update.bind(flipped).step());
    auto opened = reopened();
    REQUIRE(!opened);
    REQUIRE(opened.error() == ec::corrupt);
  }
  auto update = database->prepare("UPDATE entry SET body = ? WHERE sequence = 3");
  REQUIRE(update.bind(body).step());
  CHECK(reopened()->blocks().head().place == head);
}

TEST_CASE_METHOD(written_fixture,
                 "records that are lost, doubled, swapped or renamed are noticed") {
  change(GENERATE(
    "DELETE FROM entry WHERE sequence = 3", "DELETE FROM entry WHERE sequence = 1",
    "DELETE FROM entry; UPDATE head SET sequence = 0",
    "INSERT INTO entry SELECT 4, kind, round, client, body, chain FROM entry WHERE sequence = 3",
    "UPDATE entry SET sequence = -sequence; UPDATE entry SET sequence = 4 + sequence",
    "UPDATE entry SET round = 4 WHERE sequence = 3",
    "UPDATE entry SET kind = 'blob' WHERE sequence = 3",
    "UPDATE entry SET client = 1 WHERE sequence = 2",
    "UPDATE meta SET value = '5' WHERE key = 'chain_id'",
    "UPDATE meta SET value = '1' WHERE key LIKE '0x%'", "DELETE FROM meta WHERE key LIKE '0x%'"));
  refusal();
}

TEST_CASE_METHOD(written_fixture,
                 "a flipped bit anywhere in the file is noticed, or changes nothing") {
  const auto head = ledger->blocks().head().place;
  ledger.reset();
  temporary_directory copy;
  auto target = copy / "ledger.sqlite";
  fs::copy_file(path(), target);
  std::fstream file{target, std::ios::in | std::ios::out | std::ios::binary};
  auto flip = [&](std::streamoff at) {
    char byte = 0;
    file.seekg(at).get(byte);
    file.seekp(at).put(static_cast<char>(byte ^ (1 << at % 8))).flush();
  };
  size_t noticed = 0;
  const auto size = static_cast<std::streamoff>(fs::file_size(target));
  for (std::streamoff at = 0; at < size; at += 61) {
    flip(at);
    auto opened = embedded_ledger::open(copy.path(), journal_access::read_only);
    noticed += !opened;
    if (opened && opened->blocks().head().place != head)
      FAIL("byte " << at);
    flip(at);
  }
  CHECK(noticed > 50);
  CHECK(embedded_ledger::open(copy.path(), journal_access::read_only));
}

TEST_CASE_METHOD(written_fixture, "a file torn at any byte is refused, or is as it was") {
  const auto head = ledger->blocks().head().place;
  ledger.reset();
  auto size = fs::file_size(path());
  size_t refused = 0;
  for (uintmax_t cut = 1; cut < size; cut += 509) {
    temporary_directory copy;
    fs::copy_file(path(), copy / "ledger.sqlite");
    fs::resize_file(copy / "ledger.sqlite", size - cut);
    auto opened = embedded_ledger::open(copy.path(), journal_access::read_write);
    refused += !opened;
    if (opened)
      CHECK(opened->blocks().head().place == head);
  }
  CHECK(refused > 10);
}

TEST_CASE_METHOD(forged_fixture, "a header that isn't what comes of its block is named") {
  CHECK(refusal_of(blocks) == "opened");
  auto& header = blocks[1].header;
  std::string field;
  SECTION("parent hash") { header.parent_hash[0] ^= 1, field = "the parent hash"; }
  SECTION("ommers hash") { header.ommers_hash[0] ^= 1, field = "the ommers hash"; }
  SECTION("beneficiary") { header.beneficiary[0] ^= 1, field = "the beneficiary"; }
  SECTION("state root") { header.state_root[31] ^= 1, field = "the state root"; }
  SECTION("transactions") { header.transactions_root[0] ^= 1, field = "the transactions root"; }
  SECTION("receipts") { header.receipts_root[0] ^= 1, field = "the receipts root"; }
  SECTION("bloom") { header.logs_bloom[255] ^= 1, field = "the logs bloom"; }
  SECTION("difficulty") { header.difficulty = 1, field = "the difficulty"; }
  SECTION("gas limit") { --header.gas_limit, field = "the gas limit"; }
  SECTION("gas used") { ++header.gas_used, field = "the gas used"; }
  SECTION("extra data") { header.extra_data = {1}, field = "the extra data"; }
  SECTION("mix hash") { header.mix_hash[0] ^= 1, field = "the mix hash"; }
  SECTION("nonce") { header.nonce[0] ^= 1, field = "the nonce"; }
  SECTION("base fee") { header.base_fee_per_gas = 1, field = "the base fee"; }
  SECTION("withdrawals") { (*header.withdrawals_root)[0] ^= 1, field = "the withdrawals root"; }
  CHECK(refusal_of(blocks) == "block 2: " + field + " isn't what comes of its transactions");
}

TEST_CASE_METHOD(forged_fixture, "a block's number and time have their place") {
  SECTION("another number") {
    blocks[1].header.number = 3;
    CHECK(refusal_of(blocks) == "block 2: the number isn't what comes of its transactions");
  }
  SECTION("not later than its parent") {
    blocks[1].header.timestamp = blocks[0].header.timestamp;
    CHECK(refusal_of(blocks) == "block 2: the timestamp isn't later than its parent's");
  }
  SECTION("later than it was") {
    ++blocks[2].header.timestamp;
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 3: the state root")); // Has the time.
  }
}

TEST_CASE_METHOD(forged_fixture, "transactions that don't belong there are named") {
  auto& transactions = blocks[1].transactions;
  SECTION("no transaction") {
    transactions[0].pop_back();
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: transaction 0: no signed"));
  }
  SECTION("another round's") {
    transactions[0] = commit_of(2).raw;
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: transaction 0: "));
  }
  SECTION("one too many") {
    transactions.push_back(plain_call(1, 0).raw);
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: the state root"));
  }
  SECTION("one too few") {
    transactions.clear();
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: the state root"));
  }
  SECTION("of another chain") {
    auto tx = new_transaction(1, address{1}, {});
    tx.chain_id = 1;
    transactions[0] = sign(tx, *dev_key(0)).raw;
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: transaction 0: invalid chain id"));
  }
  SECTION("more than a block has room for") {
    transactions.clear();
    for (uint64_t nonce = 1; nonce < 3; ++nonce) {
      auto tx = new_transaction(nonce, address{1}, {});
      tx.gas_limit = block_gas_limit;
      transactions.push_back(sign(tx, *dev_key(0)).raw);
    }
    CHECK_THAT(refusal_of(blocks), Catch::StartsWith("block 2: transaction 1: no room"));
  }
}

TEST_CASE_METHOD(forged_fixture, "blocks upon another genesis are refused") {
  auto genesis = usual_genesis();
  SECTION("another time") {
    --genesis.timestamp;
    CHECK_THAT(refusal_of(blocks, genesis), Catch::StartsWith("block 1: the parent hash"));
  }
  SECTION("another balance") {
    genesis.funded.begin()->second += 1;
    CHECK_THAT(refusal_of(blocks, genesis), Catch::StartsWith("block 1: the parent hash"));
  }
  SECTION("another chain id") {
    genesis.chain_id = 7;
    CHECK_THAT(refusal_of(blocks, genesis),
               Catch::StartsWith("block 1: transaction 0: invalid chain id"));
  }
}

TEST_CASE("a journal is no ledger, and meta data that spell no genesis are refused") {
  temporary_directory directory;
  auto path = directory / "ledger.sqlite";
  const journal_format ledger{0x666c776c, "ledger"};
  const journal_meta good{{"schema", "flwr-actor/ledger/1"}, {"chain_id", "5"}, {"timestamp", "7"}};
  auto outcome = [&](journal_meta meta, const journal_format& format) {
    fs::remove(path);
    REQUIRE(journal_file::create(path, meta, format));
    auto opened = embedded_ledger::open(directory.path(), journal_access::read_only);
    return opened ? caf::error{} : opened.error();
  };
  CHECK(outcome(good, ledger) == caf::error{});
  CHECK(render(outcome(good, run_journal)) == path.string() + ": not a ledger of flwr-actor");
  auto who = to_0x(dev_key(0)->address());
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"schema", "flwr-actor/ledger/2"},
                                                        {"chain_id", ""},
                                                        {"chain_id", "05"},
                                                        {"chain_id", "0x5"},
                                                        {"chain_id", "18446744073709551616"},
                                                        {"timestamp", "-1"},
                                                        {who, "1 "},
                                                        {who, std::string(78, '9')},
                                                        {who.substr(2), "1"},
                                                        {who + "00", "1"},
                                                        {"note", "1"}}) {
    INFO(key << " = " << value);
    auto meta = good;
    meta[key] = value;
    CHECK(outcome(meta, ledger) == ec::corrupt);
  }
}
