/// The C library's writes and syncs fail on request here: libfiu's preload library is linked first.
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/failing_calls.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace flwr;
using test::failing;

namespace {

struct fault {
  const char* point;
  int cause;
  ec code;
};

const std::vector<journal_entry> first{{"cohort", 1, {}, bytes(10)}};
const std::vector<journal_entry> second{{"answer", 1, client_id{3}, bytes(20'000)},
                                        {"answer", 1, client_id{4}, bytes(20'000)}};

size_t entries_in(const std::filesystem::path& path) {
  auto journal = journal_file::open(path, journal_access::read_only);
  REQUIRE(journal);
  return journal->read_all()->size();
}

} // namespace

TEST_CASE("a journal on a failing disk says so, keeps what it had and goes on afterwards") {
  auto [point, cause, code] = GENERATE(fault{"posix/io/rw/pwrite", ENOSPC, ec::no_space},
                                       fault{"posix/io/rw/pwrite", EIO, ec::io},
                                       fault{"posix/io/sync/fdatasync", EIO, ec::io});
  temporary_directory directory;
  auto path = directory / "journal";
  int failures = 0;
  for (int healthy = 0;; ++healthy) {
    std::filesystem::remove(path);
    auto journal = journal_file::create(path, {});
    REQUIRE(journal);
    REQUIRE(journal->append(first));
    expected<void> done = caf::unit;
    {
      failing disk{point, cause, healthy};
      done = journal->append(second);
    }
    if (done)
      break;
    ++failures;
    CHECK(done.error() == code);
    CHECK(render(done.error()).find(path.string()) != std::string::npos);
    CHECK(journal->read_all()->size() == 1);
    REQUIRE(journal->append(second));
    CHECK(entries_in(path) == 3);
  }
  CHECK(failures > 0);
  CHECK(entries_in(path) == 3);
}

TEST_CASE("a journal that can't be made is missing afterwards, not half there") {
  temporary_directory directory;
  auto path = directory / "journal";
  int failures = 0;
  for (int healthy = 0;; ++healthy) {
    expected<void> made = caf::unit;
    {
      failing disk{"posix/io/rw/pwrite", ENOSPC, healthy};
      if (auto journal = journal_file::create(path, {{"run", "1"}}); !journal)
        made = journal.error();
    }
    if (made)
      break;
    ++failures;
    CHECK(made.error() == ec::no_space);
    auto found = journal_file::open(path, journal_access::read_write);
    CHECK((found ? found->read_all()->empty() : found.error() == ec::missing));
    if (found)
      break;
  }
  CHECK(failures > 0);
}

TEST_CASE("a state directory on a full disk says so") {
  temporary_directory parent;
  failing disk{"posix/io/rw/write", ENOSPC, 0};
  auto directory = run_directory::open(parent / "state");
  REQUIRE(!directory);
  CHECK(directory.error() == ec::no_space);
}
