#include "apps/private_file.hpp"

#include "tests/apps/key_fixture.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("a private file is read whole, and one that others may use is told apart") {
  vault files;
  for (auto mode : {0600, 0400, 0640, 0604, 0620, 0602}) {
    auto read = read_private(files.put("file", "text\n", fs::perms(mode)));
    REQUIRE(read);
    CHECK(as_text(read->data) == "text\n");
    CHECK(read->exposed == ((mode & 077) != 0));
    CHECK(static_cast<bool>(check_unexposed(*read)) == ((mode & 077) == 0));
  }
}

TEST_CASE("an exposed file is refused with the command that closes it") {
  vault files;
  auto path = files.put("file", "x", fs::perms{0644});
  auto refused = error_of(check_unexposed(*read_private(path)));
  CHECK(code_of(refused) == ec::usage);
  CHECK_THAT(render(refused), Contains("chmod 600 " + path));
}

TEST_CASE("what is no private file isn't read") {
  vault files;
  CHECK_THAT(render(error_of(read_private(files / "none"))), Contains("No such file"));
  CHECK_THAT(render(error_of(read_private(files.path()))), Contains("directory"));
  CHECK_THAT(render(error_of(read_private("/dev/zero"))), Contains("longer than 65536 bytes"));
  std::string most(max_private_file_bytes, 'x');
  CHECK(read_private(files.put("most", most))->data.size() == most.size());
  CHECK(code_of(error_of(read_private(files.put("more", most + "x")))) == ec::usage);
}

TEST_CASE("a private folder has mode 0700, whatever the umask") {
  vault files;
  auto before = ::umask(0);
  auto folder = files / "a" / "b" / "keys";
  CHECK(make_private_folder(folder));
  CHECK(make_private_folder(folder / ""));
  ::umask(before);
  CHECK(mode_of(folder) == 0700);
}

TEST_CASE("a folder that others may look into keeps no keys") {
  vault files;
  fs::create_directory(files.keys);
  for (auto mode : {0750, 0705, 0777, 0701}) {
    fs::permissions(files.keys, fs::perms(mode));
    CHECK_THAT(render(error_of(make_private_folder(files.keys))),
               Contains("chmod 700 " + files.keys.string()));
  }
  CHECK_THAT(render(error_of(make_private_folder(files.write("file", "")))),
             Contains("isn't a folder"));
}

TEST_CASE("a new file has mode 0600 and is never written over another") {
  vault files;
  auto path = files / "new";
  REQUIRE(write_new_file(path, "first"));
  CHECK(mode_of(path) == 0600);
  auto refused = error_of(write_new_file(path, "second"));
  CHECK(code_of(refused) == ec::usage);
  CHECK_THAT(render(refused), Contains(path.string() + " is there already"));
  CHECK(contents(path) == "first");
  fs::create_symlink("nowhere", files / "link");
  CHECK_FALSE(write_new_file(files / "link", "second"));
  CHECK_FALSE(fs::exists(files / "nowhere"));
}

TEST_CASE("of many who write a new file at the same moment one succeeds, and it is that one's") {
  vault files;
  auto path = files / "new";
  std::array<bool, 8> written{};
  {
    std::vector<std::jthread> writers;
    for (size_t i = 0; i < written.size(); ++i)
      writers.emplace_back(
        [&, i] { written[i] = static_cast<bool>(write_new_file(path, std::to_string(i))); });
  }
  REQUIRE(std::ranges::count(written, true) == 1);
  auto winner = std::ranges::find(written, true) - written.begin();
  CHECK(contents(path) == std::to_string(winner));
}

TEST_CASE("a file that can't be written is named") {
  vault files;
  CHECK_THAT(render(error_of(write_new_file(files / "none" / "file", "x"))),
             Contains((files / "none").string()));
}
