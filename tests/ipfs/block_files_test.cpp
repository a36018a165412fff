#define FIU_ENABLE // Else fiu.h declares nothing.
#include "actors/ipfs/block_files.hpp"

#include "actors/ipfs/content_id.hpp"

#include <catch2/catch.hpp>
#include <fiu-control.h>
#include <fiu.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace flwr;
namespace fs = std::filesystem;

// libfiu's POSIX module, which this program is linked with, has no syncfs.
extern "C" int syncfs(int fd) noexcept {
  if (fiu_fail("posix/io/sync/syncfs") == 0)
    return static_cast<int>(::syscall(SYS_syncfs, fd));
  errno = static_cast<int>(reinterpret_cast<intptr_t>(fiu_failinfo()));
  return -1;
}

namespace {

constexpr unixfs_profile small_blocks{.chunk_bytes = 32, .max_links = 3};
constexpr uint64_t no_limit = ~uint64_t{0};

/// A fresh directory that goes with the test.
class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (fs::temp_directory_path() / "flwr-blocks-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()));
    path = pattern;
  }
  ~temporary_directory() { fs::remove_all(path); }

  fs::path path;
};

/// Makes a system call fail while it lives.
class fault {
public:
  fault(std::string point, int code) : point_(std::move(point)) {
    fiu_init(0);
    fiu_enable(point_.c_str(), 1, reinterpret_cast<void*>(static_cast<intptr_t>(code)), 0);
  }
  ~fault() { fiu_disable(point_.c_str()); }

private:
  std::string point_;
};

blob_ptr blob_of(size_t size, uint8_t salt = 0) {
  bytes data(size);
  for (size_t i = 0; i < size; ++i)
    data[i] = static_cast<uint8_t>(i * 7 + i / 251 + salt);
  return std::make_shared<const bytes>(std::move(data));
}

block_files open_store(const fs::path& directory, const unixfs_profile& profile = small_blocks) {
  auto opened = block_files::open(directory, profile);
  REQUIRE(opened);
  return std::move(*opened);
}

block_files open_memory() { return block_files::in_memory(small_blocks); }

/// The files below a directory: blocks, and what is unfinished.
std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator{directory})
    if (entry.is_regular_file())
      found.push_back(entry.path());
  return found;
}

bytes content_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void overwrite(const fs::path& path, const bytes& content) {
  fs::remove(path); // ext4 waits for the disk when a truncated file is closed.
  std::ofstream file{path, std::ios::binary};
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
}

/// Stores a blob in a process that then ends.
content_id store(const fs::path& directory, const blob_ptr& blob) {
  auto id = open_store(directory).put(blob);
  REQUIRE(id);
  return *id;
}

/// What another process gets, which holds nothing.
expected<blob_ptr> fetch_afresh(const fs::path& directory, const content_id& id) {
  return open_store(directory).fetch(id, no_limit);
}

} // namespace

TEST_CASE("A stored blob comes back in the same process and in the next") {
  temporary_directory dir;
  for (size_t size : {0, 1, 31, 32, 33, 96, 97, 1000}) {
    INFO(size);
    auto blob = blob_of(size);
    auto id = store(dir.path, blob);
    CHECK(id == content_id_of(*blob, small_blocks));
    auto again = fetch_afresh(dir.path, id);
    REQUIRE(again);
    CHECK(**again == *blob);
  }
}

TEST_CASE("A blob is stored under either profile, and served under either version of its id") {
  for (const auto& profile : {unixfs_v1_2025, unixfs_v0_2015}) {
    temporary_directory dir;
    auto blob = blob_of(300'000);
    auto id = *open_store(dir.path, profile).put(blob);
    CHECK(id == content_id_of(*blob, profile));
    id.version = 1;
    auto again = open_store(dir.path, profile).fetch(id, no_limit);
    REQUIRE(again);
    CHECK(**again == *blob);
  }
}

TEST_CASE("A blob that is still held is served without reading it") {
  temporary_directory dir;
  auto files = open_store(dir.path);
  auto blob = blob_of(500);
  auto id = *files.put(blob);
  for (const auto& file : files_in(dir.path))
    fs::remove(file);
  CHECK(*files.fetch(id, no_limit) == blob);
  blob.reset();
  CHECK(code_of(files.fetch(id, no_limit).error()) == ec::missing);
}

TEST_CASE("A fetched blob is held as well") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(500));
  auto files = open_store(dir.path);
  auto first = *files.fetch(id, no_limit);
  CHECK(*files.fetch(id, no_limit) == first);
}

TEST_CASE("A store forgets blobs that nobody holds") {
  temporary_directory dir;
  auto files = open_store(dir.path);
  auto kept = blob_of(40);
  auto kept_id = *files.put(kept);
  std::vector<std::weak_ptr<const bytes>> gone;
  for (uint8_t salt = 1; salt < 100; ++salt) {
    auto blob = blob_of(40, salt);
    REQUIRE(files.put(blob));
    gone.push_back(blob);
  }
  for (const auto& blob : gone)
    CHECK(blob.expired());
  CHECK(*files.fetch(kept_id, no_limit) == kept);
}

TEST_CASE("A blob longer than asked for is refused, held or not, on disk or in memory") {
  temporary_directory dir;
  auto blob = blob_of(100);
  auto files = open_store(dir.path), memory = open_memory();
  auto id = *files.put(blob);
  REQUIRE(memory.put(blob));
  CHECK(code_of(files.fetch(id, 99).error()) == ec::rejected);
  CHECK(code_of(memory.fetch(id, 99).error()) == ec::rejected);
  CHECK(code_of(open_store(dir.path).fetch(id, 99).error()) == ec::rejected);
  CHECK(files.fetch(id, 100));
  CHECK(memory.fetch(id, 100));
  CHECK(open_store(dir.path).fetch(id, 100));
}

TEST_CASE("A missing blob is named") {
  temporary_directory dir;
  auto id = content_id_of(*blob_of(10), small_blocks);
  auto on_disk = open_store(dir.path), in_memory = open_memory();
  for (auto* files : {&on_disk, &in_memory}) {
    auto got = files->fetch(id, no_limit);
    REQUIRE_FALSE(got);
    CHECK(code_of(got.error()) == ec::missing);
    CHECK_THAT(render(got.error()), Catch::Contains(to_text(id)));
  }
}

TEST_CASE("No blob at all is refused") {
  CHECK(code_of(open_memory().put(nullptr).error()) == ec::rejected);
}

TEST_CASE("A store in memory keeps the blob itself, under the id that the disk gives") {
  temporary_directory dir;
  auto memory = open_memory();
  auto blob = blob_of(500);
  auto id = *memory.put(blob);
  CHECK(id == store(dir.path, blob));
  CHECK(memory.sync());
  const auto* address = blob.get();
  blob.reset();
  CHECK((*memory.fetch(id, no_limit)).get() == address);
}

TEST_CASE("Blocks are stored and loaded one by one, on disk and in memory") {
  temporary_directory dir;
  auto on_disk = open_store(dir.path), in_memory = open_memory();
  auto blob = blob_of(500);
  for (auto* files : {&on_disk, &in_memory}) {
    content_id root;
    import_file(*blob, small_blocks, [&](const content_id& id, std::span<const uint8_t> block) {
      CHECK_FALSE(files->has(id));
      CHECK(code_of(files->get_block(id).error()) == ec::missing);
      CHECK(code_of(files->put_block(id, block.first(block.size() - 1)).error()) == ec::rejected);
      REQUIRE(files->put_block(id, block));
      CHECK(files->has(id));
      CHECK(files->get_block(id) == bytes{block.begin(), block.end()});
      root = id;
    });
    CHECK(files->sync());
    CHECK(**files->fetch(root, no_limit) == *blob);
  }
}

TEST_CASE("A wrong block isn't served on its own either") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(10));
  overwrite(files_in(dir.path).front(), {1, 2, 3});
  auto block = open_store(dir.path).get_block(id);
  REQUIRE_FALSE(block);
  CHECK(code_of(block.error()) == ec::corrupt);
}

TEST_CASE("A store in memory gives back what nobody else holds, under either profile") {
  for (const auto& profile : {unixfs_v1_2025, unixfs_v0_2015}) {
    auto files = block_files::in_memory(profile);
    auto blob = blob_of(3'000'000);
    auto wanted = *blob;
    auto id = *files.put(std::exchange(blob, nullptr));
    CHECK(**files.fetch(id, no_limit) == wanted);
  }
}

TEST_CASE("Every flipped bit of every block is noticed, named and repaired by a put") {
  temporary_directory dir;
  auto blob = blob_of(70);
  auto id = store(dir.path, blob);
  for (const auto& file : files_in(dir.path)) {
    auto right = content_of(file);
    for (size_t bit = 0; bit < 8 * right.size(); ++bit) {
      auto wrong = right;
      wrong[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      overwrite(file, wrong);
      auto got = fetch_afresh(dir.path, id);
      REQUIRE_FALSE(got);
      REQUIRE(code_of(got.error()) == ec::corrupt);
      auto words = render(got.error());
      REQUIRE(words.find(file.string()) != std::string::npos);
      REQUIRE(words.find("the block " + file.filename().string()) != std::string::npos);
    }
    CHECK(store(dir.path, blob) == id);
    CHECK(content_of(file) == right);
  }
  CHECK(fetch_afresh(dir.path, id));
}

TEST_CASE("A block cut at any length, or longer, is noticed and repaired by a put") {
  temporary_directory dir;
  auto blob = blob_of(70);
  auto id = store(dir.path, blob);
  for (const auto& file : files_in(dir.path)) {
    auto right = content_of(file);
    for (size_t size = 0; size <= right.size() + 1; ++size) {
      auto wrong = right;
      wrong.resize(size);
      overwrite(file, wrong);
      CHECK(bool{fetch_afresh(dir.path, id)} == (size == right.size()));
      store(dir.path, blob);
      CHECK(content_of(file) == right);
    }
  }
}

TEST_CASE("A block file larger than any block is refused before it is read") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(10));
  fs::resize_file(files_in(dir.path).front(), uint64_t{1} << 40);
  CHECK(code_of(fetch_afresh(dir.path, id).error()) == ec::corrupt);
}

TEST_CASE("A pipe or a folder in a block's place is refused, and not waited for") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(10));
  auto file = files_in(dir.path).front();
  fs::remove(file);
  SECTION("a pipe") { REQUIRE(::mkfifo(file.c_str(), 0600) == 0); }
  SECTION("a folder") { fs::create_directory(file); }
  CHECK(code_of(fetch_afresh(dir.path, id).error()) == ec::corrupt);
}

TEST_CASE("A block that turns wrong before it is durable fails the sync until it is put again") {
  temporary_directory dir;
  auto files = open_store(dir.path);
  auto id = *files.put(blob_of(10));
  overwrite(files_in(dir.path).front(), {1, 2, 3});
  CHECK(code_of(files.fetch(id, no_limit).error()) == ec::corrupt);
  auto synced = files.sync();
  REQUIRE_FALSE(synced);
  CHECK_THAT(render(synced.error()), Catch::Contains(to_text(id)));
  REQUIRE(files.put(blob_of(10)));
  CHECK(files.sync());
  CHECK(fetch_afresh(dir.path, id));
}

TEST_CASE("Opening removes what a killed process left unfinished, and nothing else") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(70));
  overwrite(dir.path / "unfinished" / "123-4", {1, 2, 3});
  auto files = open_store(dir.path);
  CHECK(fs::is_empty(dir.path / "unfinished"));
  CHECK(files.fetch(id, no_limit));
}

TEST_CASE("Opening leaves alone what another process is writing") {
  temporary_directory dir;
  auto writer = open_store(dir.path);
  overwrite(dir.path / "unfinished" / "123-4", {1, 2, 3});
  auto reader = open_store(dir.path);
  CHECK(fs::exists(dir.path / "unfinished" / "123-4"));
}

TEST_CASE("A directory that can't be made is named") {
  temporary_directory dir;
  overwrite(dir.path / "file", {});
  auto opened = block_files::open(dir.path / "file" / "blocks", small_blocks);
  REQUIRE_FALSE(opened);
  CHECK(code_of(opened.error()) == ec::io);
  CHECK_THAT(render(opened.error()), Catch::Contains((dir.path / "file").string()));
}

TEST_CASE("A put that fails says why, leaves nothing behind, and can be tried again") {
  auto point =
    GENERATE(as<std::string>{}, "posix/io/rw/write", "posix/io/dir/rename", "posix/io/oc/open");
  auto [code, expected_code] =
    GENERATE(table<int, ec>({{ENOSPC, ec::no_space}, {EDQUOT, ec::no_space}, {EIO, ec::io}}));
  INFO(point << " " << code);
  temporary_directory dir;
  auto files = open_store(dir.path);
  auto blob = blob_of(200);
  {
    fault failing{point, code};
    auto put = files.put(blob);
    REQUIRE_FALSE(put);
    CHECK(code_of(put.error()) == expected_code);
    CHECK_THAT(render(put.error()), Catch::Contains(dir.path.string()));
    if (expected_code == ec::no_space)
      CHECK_THAT(render(put.error()), Catch::Contains("free some space"));
  }
  CHECK(files_in(dir.path).empty());
  auto id = files.put(blob);
  REQUIRE(id);
  CHECK(files.sync());
  CHECK(fetch_afresh(dir.path, *id));
}

TEST_CASE("A sync that fails says why, and fails until what it lost is put again") {
  auto [size, point] = GENERATE(table<size_t, std::string>(
    {{200, "posix/io/sync/fsync"}, {200, "posix/io/oc/open"}, {4000, "posix/io/sync/syncfs"}}));
  auto [code, expected_code] = GENERATE(table<int, ec>({{ENOSPC, ec::no_space}, {EIO, ec::io}}));
  INFO(point << " " << code);
  temporary_directory dir;
  auto durable = store(dir.path, blob_of(100, 1));
  auto files = open_store(dir.path);
  auto blob = blob_of(size);
  auto id = *files.put(blob);
  REQUIRE(files.put(blob_of(100, 1)));
  {
    fault failing{point, code};
    auto synced = files.sync();
    REQUIRE_FALSE(synced);
    CHECK(code_of(synced.error()) == expected_code);
    CHECK_THAT(render(synced.error()), Catch::Contains(dir.path.string()));
  }
  CHECK(code_of(fetch_afresh(dir.path, id).error()) == ec::missing);
  CHECK(fetch_afresh(dir.path, durable));
  CHECK_FALSE(files.sync());
  REQUIRE(files.put(blob));
  REQUIRE(files.put(blob_of(100, 1)));
  CHECK(files.sync());
  CHECK(fetch_afresh(dir.path, id));
}

TEST_CASE("A read that fails is told as such, not as a wrong block") {
  temporary_directory dir;
  auto id = store(dir.path, blob_of(100));
  auto files = open_store(dir.path);
  fault failing{"posix/io/rw/read", EIO};
  CHECK(code_of(files.fetch(id, no_limit).error()) == ec::io);
}

TEST_CASE("A sync makes few blocks durable one by one, and many with one call") {
  temporary_directory dir;
  auto files = open_store(dir.path);
  REQUIRE(files.put(blob_of(200)));
  {
    fault not_used{"posix/io/sync/syncfs", EIO};
    CHECK(files.sync());
  }
  REQUIRE(files.put(blob_of(4000, 1)));
  fault not_used{"posix/io/sync/fsync", EIO};
  CHECK(files.sync());
}

// -- what stays, and what is collected ------------------------------------------------------------

namespace {

/// Bytes that no other blob has.
blob_ptr noise(size_t size, uint32_t seed = 0) {
  std::mt19937 random{seed};
  bytes data(size);
  for (auto& byte : data)
    byte = static_cast<uint8_t>(random());
  return std::make_shared<const bytes>(std::move(data));
}

/// Both bodies.
struct two_stores {
  temporary_directory dir;
  block_files on_disk = open_store(dir.path), in_memory = open_memory();
  std::vector<block_files*> both{&on_disk, &in_memory};
};

/// Whether all of a blob is there, and not just held in memory.
bool has_all(block_files& files, const blob_ptr& blob) {
  bool all = true;
  import_file(*blob, small_blocks, [&](const content_id& id, std::span<const uint8_t> block) {
    all = all && files.get_block(id) == bytes{block.begin(), block.end()};
  });
  return all;
}

bool has_none(block_files& files, const blob_ptr& blob) {
  bool none = true;
  import_file(*blob, small_blocks, [&](const content_id& id, std::span<const uint8_t>) {
    none = none && !files.has(id);
  });
  return none;
}

} // namespace

TEST_CASE("What was put before a round goes, unless it is kept or held") {
  two_stores stores;
  auto counted = noise(500), held = noise(500, 1), junk = noise(500, 2), next = noise(90, 3);
  for (auto* files : stores.both) {
    auto counted_id = *files->put(counted), held_id = *files->put(held);
    REQUIRE(files->put(junk));
    CHECK(files->keep({counted_id}));
    CHECK(files->hold({held_id}));
    files->begin(2);
    REQUIRE(files->put(next));
    CHECK(files->collect(2));
    CHECK(has_all(*files, counted));
    CHECK(has_all(*files, held));
    CHECK(has_none(*files, junk));
    CHECK(has_all(*files, next));
    CHECK(files->release({held_id}));
    CHECK(files->collect(3));
    CHECK(has_all(*files, counted));
    CHECK(has_none(*files, held));
    CHECK(has_none(*files, next));
  }
}

TEST_CASE("What is put again belongs to the later round") {
  two_stores stores;
  auto blob = noise(200);
  for (auto* files : stores.both) {
    REQUIRE(files->put(blob));
    files->begin(2);
    REQUIRE(files->put(blob));
    CHECK(files->collect(2));
    CHECK(has_all(*files, blob));
  }
}

TEST_CASE("Blocks that a kept blob shares with another stay") {
  two_stores stores;
  bytes both(*noise(160)), first(both.begin(), both.begin() + 96);
  auto whole = std::make_shared<const bytes>(both), part = std::make_shared<const bytes>(first);
  auto order = GENERATE(0, 1);
  for (auto* files : stores.both) {
    auto kept = order == 0 ? part : whole, other = order == 0 ? whole : part;
    REQUIRE(files->put(other));
    auto id = *files->put(kept);
    CHECK(files->keep({id}));
    REQUIRE(files->put(other)); // Its blocks that are kept don't become loose again.
    CHECK(files->collect(9));
    CHECK(has_all(*files, kept));
    CHECK_FALSE(has_all(*files, other) == (order == 0));
  }
}

TEST_CASE("What a process left loose, another one collects; what it held, another one holds") {
  temporary_directory dir;
  auto kept = noise(300), held = noise(300, 1), junk = noise(300, 2);
  content_id held_id;
  {
    auto files = open_store(dir.path);
    held_id = *files.put(held);
    REQUIRE(files.put(junk));
    CHECK(files.keep({*files.put(kept)}));
    CHECK(files.hold({held_id}));
  }
  auto files = open_store(dir.path);
  CHECK(files.held() == std::set{held_id});
  CHECK(has_all(files, junk));
  CHECK(files.collect(1));
  CHECK(has_all(files, kept));
  CHECK(has_all(files, held));
  CHECK(has_none(files, junk));
}

TEST_CASE("A store that only keeps has nothing to collect, as one of an older program") {
  temporary_directory dir;
  auto blob = noise(300);
  {
    auto files = open_store(dir.path);
    CHECK(files.keep({*files.put(blob)}));
  }
  fs::remove_all(dir.path / "loose");
  auto reader = block_files::open_read_only(dir.path);
  REQUIRE(reader);
  CHECK(has_all(*reader, blob));
  auto files = open_store(dir.path);
  CHECK(files.collect(9));
  CHECK(has_all(files, blob));
}

TEST_CASE("Readers see what is loose") {
  temporary_directory dir;
  auto blob = noise(300);
  auto id = store(dir.path, blob);
  auto reader = block_files::open_read_only(dir.path);
  REQUIRE(reader);
  auto got = reader->fetch(id, no_limit);
  REQUIRE(got);
  CHECK(**got == *blob);
}

TEST_CASE("Nothing is kept or held that isn't whole") {
  two_stores stores;
  auto blob = noise(300);
  std::vector<std::pair<content_id, bytes>> blocks;
  import_file(*blob, small_blocks, [&](const content_id& id, std::span<const uint8_t> block) {
    blocks.emplace_back(id, bytes{block.begin(), block.end()});
  });
  auto root = blocks.back().first;
  for (auto* files : stores.both) {
    for (size_t i = 1; i < blocks.size(); ++i) // All but a leaf.
      REQUIRE(files->put_block(blocks[i].first, blocks[i].second));
    CHECK(code_of(files->keep({root}).error()) == ec::missing);
    CHECK(code_of(files->hold({root}).error()) == ec::missing);
    CHECK(code_of(files->check({root}).error()) == ec::missing);
    CHECK(files->held().empty());
    REQUIRE(files->put_block(blocks[0].first, blocks[0].second));
    CHECK(files->check({root}));
    CHECK(files->keep({root}));
  }
}

TEST_CASE("What isn't held can't be released, and then nothing is") {
  auto files = open_memory();
  auto one = *files.put(noise(10)), other = *files.put(noise(10, 1));
  CHECK(files.hold({one}));
  CHECK(code_of(files.release({one, other}).error()) == ec::rejected);
  CHECK(files.held() == std::set{one});
}

namespace {

/// A held blob, and its blocks, of which it may lose one.
struct held_blob {
  /// @param which  A codec: the first of its kind is lost.
  void lose(codec which) {
    auto kind = [=](const auto& each) { return each.first.encoding == which; };
    lost = *std::ranges::find_if(blocks, kind);
    for (auto& file : files_in(dir.path))
      if (file.filename() == to_text(lost.first))
        fs::remove(file);
  }

  /// How many blocks of it are there.
  ptrdiff_t count(block_files& files) const {
    return std::ranges::count_if(blocks, [&](const auto& each) { return files.has(each.first); });
  }

  static std::vector<std::pair<content_id, bytes>> blocks_of(const blob_ptr& blob) {
    std::vector<std::pair<content_id, bytes>> all;
    import_file(*blob, small_blocks, [&](const content_id& id, std::span<const uint8_t> block) {
      all.emplace_back(id, bytes{block.begin(), block.end()});
    });
    return all;
  }

  temporary_directory dir;
  blob_ptr blob = noise(300);
  std::vector<std::pair<content_id, bytes>> blocks = blocks_of(blob);
  std::pair<content_id, bytes> lost;
};

block_files holding(const held_blob& what) {
  auto files = open_store(what.dir.path);
  REQUIRE(files.hold({*files.put(what.blob)}));
  return files;
}

} // namespace

TEST_CASE("What is left of a held blob that has lost a block stays, and what is put again") {
  auto which = GENERATE(codec::raw, codec::dag_pb);
  held_blob held;
  auto files = holding(held);
  auto junk = noise(300, 1);
  REQUIRE(files.put(junk));
  held.lose(which);
  CHECK(files.collect(9));
  CHECK(has_none(files, junk));
  CHECK(held.count(files) == std::ssize(held.blocks) - 1);
  REQUIRE(files.put_block(held.lost.first, held.lost.second));
  CHECK(files.collect(9));
  CHECK(has_all(files, held.blob));
}

TEST_CASE("A held blob that has lost a block between two processes is held as far as it is known") {
  auto which = GENERATE(codec::raw, codec::dag_pb);
  held_blob held;
  holding(held);
  held.lose(which);
  auto files = open_store(held.dir.path);
  auto junk = noise(300, 1);
  REQUIRE(files.put(junk));
  CHECK(files.collect(9));
  CHECK(has_none(files, junk));
  auto below = which == codec::raw ? 0 : 3; // The lost node's leaves: nobody knows whose they are.
  CHECK(held.count(files) == std::ssize(held.blocks) - 1 - below);
  REQUIRE(files.put(held.blob));
  CHECK(files.collect(9));
  CHECK(has_all(files, held.blob));
}

TEST_CASE("Collecting reads what is held once, and then no more") {
  held_blob held;
  auto again = GENERATE(false, true);
  auto files = holding(held);
  if (again) {
    files = open_store(held.dir.path);
    CHECK(files.collect(9));
  }
  fault failing{"posix/io/rw/read", EIO};
  CHECK(files.collect(9));
  CHECK(held.count(files) == std::ssize(held.blocks));
}

TEST_CASE("A disk that can't read what is held has nothing collected") {
  held_blob held;
  holding(held);
  auto files = open_store(held.dir.path);
  fault failing{"posix/io/rw/read", EIO};
  CHECK(code_of(files.collect(9).error()) == ec::io);
  CHECK(held.count(files) == std::ssize(held.blocks));
}

TEST_CASE("A block goes when the last of the held blobs that share it is released") {
  two_stores stores;
  bytes both(*noise(160)), first(both.begin(), both.begin() + 96);
  auto whole = std::make_shared<const bytes>(both), part = std::make_shared<const bytes>(first);
  for (auto* files : stores.both) {
    auto whole_id = *files->put(whole), part_id = *files->put(part);
    CHECK(files->hold({whole_id, part_id}));
    CHECK(files->hold({part_id})); // No second time.
    CHECK(files->release({whole_id}));
    CHECK(files->collect(9));
    CHECK_FALSE(has_all(*files, whole));
    CHECK(has_all(*files, part));
    CHECK(files->release({part_id}));
    CHECK(files->collect(9));
    CHECK(has_none(*files, part));
  }
}

TEST_CASE("A keep that can't be made durable says so, and can be tried again") {
  temporary_directory dir;
  auto files = open_store(dir.path);
  auto blob = noise(200);
  auto id = *files.put(blob);
  {
    fault failing{"posix/io/sync/fsync", ENOSPC};
    CHECK(code_of(files.keep({id}).error()) == ec::no_space);
  }
  auto lost = files.keep({id});
  REQUIRE_FALSE(lost);
  CHECK_THAT(render(lost.error()), Catch::Contains("store them again"));
  REQUIRE(files.put(blob));
  CHECK(files.keep({id}));
  CHECK(fetch_afresh(dir.path, id));
}

TEST_CASE("A list of what is held that can't be read is named") {
  temporary_directory dir;
  store(dir.path, noise(10));
  overwrite(dir.path / "held", {'x', '\n'});
  auto opened = block_files::open(dir.path, small_blocks);
  REQUIRE_FALSE(opened);
  CHECK(code_of(opened.error()) == ec::corrupt);
  CHECK_THAT(render(opened.error()), Catch::Contains((dir.path / "held").string()));
}

TEST_CASE("A list of what is held that can't be opened isn't taken for an empty one") {
  temporary_directory dir;
  store(dir.path, blob_of(10));
  fs::create_directory(dir.path / "held");
  auto opened = block_files::open(dir.path, small_blocks);
  REQUIRE_FALSE(opened);
  CHECK(code_of(opened.error()) == ec::io);
  CHECK_THAT(render(opened.error()), Catch::Contains((dir.path / "held").string()));
}
