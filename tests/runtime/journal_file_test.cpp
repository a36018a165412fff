#include "actors/runtime/journal_file.hpp"

#include "actors/runtime/sqlite.hpp"
#include "tests/runtime/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <limits>

using namespace flwr;

namespace {

namespace fs = std::filesystem;

const journal_meta some_meta{{"description", "bafkrei"}, {"run", "0x01"}};

journal_entry entry(std::string kind, uint64_t round, std::optional<client_id> client = {}) {
  return {std::move(kind), round, client, {0xca, 0xfe, static_cast<uint8_t>(round)}};
}

/// `entries` with the numbers that the journal gives.
std::vector<journal_entry> numbered(std::vector<journal_entry> entries) {
  for (size_t i = 0; i < entries.size(); ++i)
    entries[i].sequence = i + 1;
  return entries;
}

const std::vector<journal_entry> three{entry("cohort", 1), entry("answer", 1, client_id{7}),
                                       entry("answer", 2, client_id{1ull << 63})};

journal_file made(const fs::path& path, const std::vector<journal_entry>& entries = three) {
  auto journal = journal_file::create(path, some_meta);
  REQUIRE(journal);
  REQUIRE(journal->append(entries));
  return std::move(*journal);
}

expected<std::vector<journal_entry>> reread(const fs::path& path,
                                            journal_access access = journal_access::read_only) {
  auto journal = journal_file::open(path, access);
  if (!journal)
    return journal.error();
  return journal->read_all();
}

std::string contents(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

void copy_journal(const fs::path& from, const fs::path& to) {
  write(to, contents(from));
  write(to.string() + "-wal", contents(from.string() + "-wal"));
}

void forget_index(const fs::path& path) { fs::remove(path.string() + "-shm"); }

/// A journal whose log still holds the last two of three appends: a reader was in the way.
void make_with_log(const temporary_directory& directory, const fs::path& path) {
  auto writer = made(directory / "source", {three[0]});
  auto reader = journal_file::open(directory / "source", journal_access::read_only);
  REQUIRE(reader);
  REQUIRE(reader->for_each([&](auto&&) {
    REQUIRE(writer.append(std::span{three}.subspan(1, 1)));
    REQUIRE(writer.append(std::span{three}.subspan(2, 1)));
    copy_journal(directory / "source", path);
  }));
}

} // namespace

TEST_CASE("a journal gives back what was appended, in order and numbered") {
  temporary_directory directory;
  auto path = directory / "journal";
  {
    auto journal = made(path);
    CHECK(journal.read_all() == numbered(three));
  }
  auto journal = journal_file::open(path, journal_access::read_write);
  REQUIRE(journal);
  CHECK(journal->meta() == some_meta);
  CHECK(journal->append(std::vector{entry("closing", 2)}));
  CHECK(journal->append({}));
  auto all = numbered({three[0], three[1], three[2], entry("closing", 2)});
  CHECK(reread(path) == all);
  CHECK(journal->read("answer") == std::vector{all[1], all[2]});
  CHECK(journal->read("none")->empty());
}

// Made with Python's hashlib from docs/formats.md.
TEST_CASE("a journal's chain is the one that the formats page describes") {
  temporary_directory directory;
  made(directory / "journal");
  auto database = sqlite_database::open(directory / "journal", file_access::read_only);
  REQUIRE(database);
  auto head = database->prepare("SELECT sequence, lower(hex(chain)) FROM head");
  REQUIRE(*head.step());
  CHECK(head.integer(0) == 3);
  CHECK(head.text(1) == "58cd367a0f170bd997b6f8e0c0dbeec10f1f8cafad6db3977a561bc820563654");
}

TEST_CASE("a journal holds any kind, number and body, in batches of any size") {
  rc::prop("append in batches, read all", [] {
    temporary_directory directory;
    auto journal = journal_file::create(directory / "journal", {});
    std::vector<journal_entry> all;
    for (const auto& sizes : *rc::gen::container<std::vector<uint8_t>>(3, rc::gen::inRange(0, 5))) {
      std::vector<journal_entry> batch(sizes);
      for (auto& e : batch)
        e = {*rc::gen::arbitrary<std::string>(), *rc::gen::arbitrary<uint64_t>(),
             client_id{*rc::gen::arbitrary<uint64_t>()}, *rc::gen::arbitrary<bytes>()};
      RC_ASSERT(static_cast<bool>(journal->append(batch)));
      all.insert(all.end(), batch.begin(), batch.end());
    }
    RC_ASSERT(*reread(directory / "journal") == numbered(all));
  });
}

TEST_CASE("a reader works beside the writer and can't append") {
  temporary_directory directory;
  auto writer = made(directory / "journal");
  auto reader = journal_file::open(directory / "journal", journal_access::read_only);
  REQUIRE(reader);
  REQUIRE(writer.append(std::vector{entry("closing", 1)}));
  CHECK(reader->read_all()->size() == 4);
  CHECK(reader->append(three).error() == ec::io);
  CHECK(reader->read_all()->size() == 4);
}

TEST_CASE("a journal is made once, and is missing until it is made") {
  temporary_directory directory;
  auto path = directory / "journal";
  CHECK(reread(path).error() == ec::missing);
  write(path, "");
  CHECK(reread(path, journal_access::read_write).error() == ec::missing);
  made(path);
  auto again = journal_file::create(path, some_meta);
  CHECK(again.error() == ec::usage);
  CHECK(reread(path) == numbered(three));
  CHECK(journal_file::create(directory / "none/journal", {}).error() == ec::io);
}

TEST_CASE("a file that isn't a journal is refused by its name") {
  temporary_directory directory;
  auto path = directory / "journal";
  SECTION("other text") {
    write(path, std::string(5000, 'x'));
    CHECK(reread(path).error() == ec::corrupt);
  }
  SECTION("another program's database") {
    auto other = sqlite_database::open(path, file_access::create);
    REQUIRE(other->run("CREATE TABLE t (x)"));
    auto refused = reread(path);
    CHECK(refused.error() == ec::corrupt);
    CHECK(render(refused.error()) == path.string() + ": not a journal of flwr-actor");
  }
  SECTION("a newer version's journal") {
    made(path);
    auto newer = sqlite_database::open(path, file_access::read_write);
    REQUIRE(newer->run("PRAGMA user_version = 2"));
    auto refused = reread(path);
    CHECK(refused.error() == ec::usage);
    CHECK(render(refused.error()).find("newer version") != std::string::npos);
  }
  SECTION("a directory") {
    fs::create_directory(path);
    CHECK_FALSE(reread(path));
  }
}

TEST_CASE("a journal notices entries that are changed, moved, lost or added") {
  temporary_directory directory;
  auto path = directory / "journal";
  made(path);
  auto change = GENERATE(
    "UPDATE entry SET round = 2 WHERE sequence = 1",
    "UPDATE entry SET client = NULL WHERE sequence = 2",
    "UPDATE entry SET client = 0 WHERE sequence = 1",
    "UPDATE entry SET body = x'cafe03' WHERE sequence = 3", "DELETE FROM entry WHERE sequence = 1",
    "DELETE FROM entry WHERE sequence = 3", "UPDATE entry SET sequence = 9 WHERE sequence = 3",
    "DELETE FROM head",
    "INSERT INTO entry SELECT 4, kind, round, client, body, chain FROM entry WHERE sequence = 3",
    "UPDATE meta SET value = '0x02' WHERE key = 'run'", "DELETE FROM meta WHERE key = 'run'",
    "UPDATE head SET sequence = 2", "DROP TABLE entry");
  {
    auto database = sqlite_database::open(path, file_access::read_write);
    REQUIRE(database->run(change));
  }
  auto read = reread(path);
  INFO(change);
  REQUIRE(!read);
  CHECK(read.error() == ec::corrupt);
  CHECK(render(read.error()).find(path.string()) != std::string::npos);
}

TEST_CASE("a flipped bit anywhere in a journal is noticed, or changes nothing") {
  temporary_directory directory;
  auto path = directory / "journal", copy = directory / "copy";
  made(path);
  const auto sound = contents(path);
  size_t noticed = 0;
  auto judge = [&](size_t byte, int bit) {
    auto flipped = sound;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << bit));
    write(copy, flipped);
    auto journal = journal_file::open(copy, journal_access::read_only);
    noticed += !journal;
    return !journal || (journal->meta() == some_meta && journal->read_all() == numbered(three));
  };
  for (size_t byte = 0; byte < sound.size(); ++byte)
    if (sound[byte] != 0 || byte % 64 == 0)
      for (int bit = 0; bit < 8; ++bit)
        if (!judge(byte, bit))
          FAIL("byte " << byte << " bit " << bit);
  CHECK(noticed > 1000);
}

TEST_CASE("a log torn at any byte of its last append loses that append at most") {
  temporary_directory directory;
  auto path = directory / "journal";
  make_with_log(directory, path);
  CHECK(reread(path) == numbered(three));
  auto log = path.string() + "-wal";
  const auto two = numbered({three[0], three[1]});
  const auto full_bytes = fs::file_size(log);
  size_t survivals = 0;
  for (auto size = full_bytes - 1; size > full_bytes - 2 * 4120; --size) {
    forget_index(path);
    fs::resize_file(log, size);
    survivals += reread(path) == two;
  }
  CHECK(survivals == 2 * 4120 - 1);
}

TEST_CASE("a log torn at any page gives the first appends, never a wrong entry") {
  temporary_directory directory;
  auto path = directory / "journal";
  make_with_log(directory, path);
  auto log = path.string() + "-wal";
  for (auto size = fs::file_size(log); size >= 512; size -= 512) {
    forget_index(path);
    fs::resize_file(log, size);
    auto read = reread(path);
    REQUIRE(read);
    CHECK(*read == numbered({three.begin(), three.begin() + static_cast<long>(read->size())}));
  }
  CHECK(reread(path)->size() == 1);
}

TEST_CASE("a flipped bit in the log gives the first appends or an error, never a wrong entry") {
  temporary_directory directory;
  auto path = directory / "journal";
  make_with_log(directory, path);
  const auto log = path.string() + "-wal";
  const auto sound = contents(log);
  size_t shortened = 0;
  for (size_t byte = 0; byte < sound.size(); byte += 13) {
    auto flipped = sound;
    flipped[byte] = static_cast<char>(flipped[byte] ^ (1 << byte % 8));
    forget_index(path);
    write(log, flipped);
    auto read = reread(path);
    if (!read)
      continue;
    shortened += read->size() < three.size();
    if (*read != numbered({three.begin(), three.begin() + static_cast<long>(read->size())}))
      FAIL("byte " << byte);
  }
  CHECK(shortened > 100);
}

TEST_CASE("an append that was acknowledged needs no log") {
  temporary_directory directory;
  auto path = directory / "journal";
  auto journal = made(directory / "source");
  copy_journal(directory / "source", path);
  fs::resize_file(path.string() + "-wal", GENERATE(0, 1, 31, 32, 4000));
  CHECK(reread(path) == numbered(three));
}

TEST_CASE("a torn journal goes on where it was cut") {
  temporary_directory directory;
  auto path = directory / "journal";
  make_with_log(directory, path);
  fs::resize_file(path.string() + "-wal", fs::file_size(path.string() + "-wal") - 1);
  {
    auto journal = journal_file::open(path, journal_access::read_write);
    REQUIRE(journal);
    REQUIRE(journal->append(std::vector{entry("closing", 1)}));
  }
  CHECK(reread(path) == numbered({three[0], three[1], entry("closing", 1)}));
}

TEST_CASE("whoever may not write reads a journal all the same, and leaves nothing behind") {
  temporary_directory folder;
  auto path = folder / "50%? #1.sqlite";
  made(path);
  REQUIRE(fs::directory_iterator { folder.path() } -> path() == path);
  fs::permissions(folder.path(), fs::perms{0555});
  auto root = ::geteuid() == 0; // Whom modes don't keep out.
  REQUIRE((!root || ::seteuid(65534) == 0));
  auto entries = reread(path);
  auto writable = journal_file::open(path, journal_access::read_write);
  REQUIRE((!root || ::seteuid(0) == 0));
  fs::permissions(folder.path(), fs::perms{0755});
  REQUIRE(entries);
  CHECK(*entries == numbered(three));
  CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
  REQUIRE_FALSE(writable);
  CHECK(writable.error() == ec::io);
}
