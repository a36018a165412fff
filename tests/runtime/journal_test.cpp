#include "actors/runtime/journal.hpp"

#include "actors/runtime/sqlite.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

journal_entry entry(uint64_t round) { return {"closed", round, {}, {0xca, 0xfe}}; }

struct journal_fixture : test::actor_fixture {
  journal_fixture() {
    auto file = journal_file::create(path, {});
    REQUIRE(file);
    journal = own(spawn_journal(sys, runs_on::scheduler, std::move(*file)));
  }

  std::vector<uint64_t> rounds_on_disk() const {
    auto file = journal_file::open(path, journal_access::read_only);
    REQUIRE(file);
    std::vector<uint64_t> rounds;
    REQUIRE(file->for_each([&](const journal_entry& found) { rounds.push_back(found.round); }));
    return rounds;
  }

  temporary_directory directory;
  std::filesystem::path path = directory / "journal";
  journal_actor journal;
};

} // namespace

TEST_CASE_METHOD(journal_fixture, "a journal answers when the entry is on disk") {
  auto reply = ask<void>(journal, atom::append_v, entry(1));
  CHECK(reply->done);
  CHECK(rounds_on_disk() == std::vector<uint64_t>{1});
}

TEST_CASE_METHOD(journal_fixture, "entries that come in together are written in their order") {
  for (uint64_t round = 1; round <= 3; ++round)
    self->send(journal, atom::append_v, entry(round));
  CHECK(rounds_on_disk().empty());
  auto last = ask<void>(journal, atom::append_v, entry(4));
  CHECK(last->done);
  CHECK(rounds_on_disk() == std::vector<uint64_t>{1, 2, 3, 4});
}

TEST_CASE_METHOD(journal_fixture, "a journal writes what it has before it leaves") {
  self->send(journal, atom::append_v, entry(1));
  end(journal);
  CHECK(rounds_on_disk() == std::vector<uint64_t>{1});
}

TEST_CASE_METHOD(journal_fixture, "everybody who waits hears that the disk failed") {
  auto damage = sqlite_database::open(path, file_access::read_write);
  REQUIRE(damage->run("DROP TABLE head"));
  auto first = ask<void>(journal, atom::append_v, entry(1));
  auto second = ask<void>(journal, atom::append_v, entry(2));
  CHECK(first->error);
  CHECK(second->error);
}
