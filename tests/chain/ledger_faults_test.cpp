/// The C library's writes and syncs fail on request here: libfiu's preload library is linked first.
#include "tests/chain/ledger_fixture.hpp"
#include "tests/support/failing_calls.hpp"

#include <cerrno>

using namespace flwr;
using namespace flwr::test;

namespace {

struct fault {
  const char* point;
  int cause;
  ec code;
};

} // namespace

TEST_CASE_METHOD(ledger_fixture, "a ledger on a failing disk keeps what it had, and goes on") {
  auto [point, cause, code] = GENERATE(fault{"posix/io/rw/pwrite", ENOSPC, ec::no_space},
                                       fault{"posix/io/rw/pwrite", EIO, ec::io},
                                       fault{"posix/io/sync/fdatasync", EIO, ec::io});
  executed(deployment());
  int failures = 0;
  uint64_t round = 1;
  for (int healthy = 0;; ++healthy, ++round) {
    auto before = ledger->blocks().head().place;
    auto root = ledger->blocks().head().header.state_root;
    take(commit_of(round));
    expected<std::optional<block_facts>> done{std::nullopt};
    {
      failing disk{point, cause, healthy};
      done = ledger->seal(now);
    }
    if (done)
      break;
    ++failures;
    CHECK(done.error() == code);
    CHECK(ledger->blocks().head().place == before);
    CHECK(ledger->blocks().head().header.state_root == root);
    CHECK(ledger->standing(commit_of(round).hash) == tx_standing::ready);
    CHECK(sealed().receipts.at(0).succeeded);
    CHECK(reopened()->blocks().head().place == ledger->blocks().head().place);
  }
  CHECK(failures > 0);
  CHECK(reopened()->blocks().head().place.number == round + 1);
}

TEST_CASE("a ledger that can't be made is missing afterwards, or whole") {
  temporary_directory directory;
  int failures = 0;
  for (int healthy = 0;; ++healthy) {
    expected<void> made = caf::unit;
    {
      failing disk{"posix/io/rw/pwrite", ENOSPC, healthy};
      if (auto ledger = embedded_ledger::create(directory.path(), usual_genesis()); !ledger)
        made = ledger.error();
    }
    if (made)
      break;
    ++failures;
    CHECK(made.error() == ec::no_space);
    auto found = embedded_ledger::open(directory.path(), journal_access::read_write);
    if (found) {
      CHECK(found->genesis() == usual_genesis());
      break;
    }
    CHECK(found.error() == ec::missing);
    std::filesystem::remove(directory / "ledger.sqlite");
  }
  CHECK(failures > 0);
}
