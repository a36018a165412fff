#include "actors/ipfs/held_list.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/failing_calls.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <fstream>
#include <iterator>

using namespace flwr;
namespace fs = std::filesystem;

namespace {

content_id some_id(uint8_t which) { return content_id_of(bytes{which}, unixfs_v1_2025); }

content_id old_id(uint8_t which) { return content_id_of(bytes{which}, unixfs_v0_2015); }

std::string line(char sign, std::initializer_list<content_id> ids) {
  std::string text;
  for (auto& id : ids)
    text += (text.empty() ? sign : ' ') + to_text(id);
  return text + "\n";
}

struct list_fixture {
  held_list open() const {
    auto opened = held_list::open(file);
    REQUIRE(opened);
    return std::move(*opened);
  }

  std::string text() const {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  void write(std::string_view text) const { std::ofstream{file, std::ios::binary} << text; }

  ec trouble() const {
    auto opened = held_list::open(file);
    REQUIRE_FALSE(opened);
    CHECK_THAT(render(opened.error()), Catch::Contains(file.string()));
    return code_of(opened.error());
  }

  temporary_directory folder;
  fs::path file = folder / "held";
};

using ids = std::set<content_id>;

} // namespace

TEST_CASE_METHOD(list_fixture, "what is held is held by the next process") {
  {
    auto list = open();
    CHECK(list.roots().empty());
    CHECK(list.add({some_id(1), old_id(2), some_id(1)}));
    CHECK(list.add({some_id(3), some_id(1)}));
    CHECK(list.remove({old_id(2)}));
    CHECK(list.roots() == ids{some_id(1), some_id(3)});
  }
  CHECK(open().roots() == ids{some_id(1), some_id(3)});
}

TEST_CASE("a list without a file holds all the same") {
  held_list list;
  CHECK(list.add({some_id(1), some_id(2)}));
  CHECK(list.remove({some_id(1)}));
  CHECK(list.roots() == ids{some_id(2)});
}

TEST_CASE("a list that is cut anywhere says what was said before") {
  auto first = line('+', {some_id(1), old_id(2)}), second = line('-', {some_id(1)}),
       third = line('+', {some_id(3)});
  auto all = first + second + third;
  for (size_t length = 0; length <= all.size(); ++length) {
    ids expected;
    if (length >= first.size())
      expected = {some_id(1), old_id(2)};
    if (length >= first.size() + second.size())
      expected.erase(some_id(1));
    if (length == all.size())
      expected.insert(some_id(3));
    auto cut = all.substr(0, length);
    auto read = read_held(cut);
    REQUIRE(read);
    CHECK(read->roots == expected);
    auto with_zeros = read_held(cut + std::string(7, '\0')); // Room, but no bytes any more.
    REQUIRE(bool(with_zeros) == (length > 0));
    if (with_zeros)
      CHECK(with_zeros->roots == expected);
  }
}

TEST_CASE("a list that is damaged otherwise is refused, wherever that is") {
  auto all = line('+', {some_id(1), old_id(2)}) + line('-', {some_id(1)});
  for (size_t at = 0; at < all.size(); ++at) {
    auto damaged = all;
    damaged[at] = '!';
    auto read = read_held(damaged);
    REQUIRE_FALSE(read);
    CHECK(code_of(read.error()) == ec::corrupt);
    CHECK_THAT(render(read.error()), Catch::Contains("line "));
  }
  for (auto& nonsense :
       std::vector<std::string>{"\n", "+\n", "-\n", "x", "+x\n", "+!", std::string(100, '\0')})
    CHECK_FALSE(read_held(nonsense));
}

TEST_CASE_METHOD(list_fixture, "a list that the first release wrote is read, and goes on") {
  auto last_line_has_an_end = GENERATE(true, false);
  write(to_text(some_id(1)) + "\n" + to_text(old_id(2)) + (last_line_has_an_end ? "\n" : ""));
  auto list = open();
  CHECK(list.roots() == ids{some_id(1), old_id(2)});
  CHECK(list.add({some_id(3)}));
  CHECK(list.remove({some_id(1)}));
  CHECK(open().roots() == ids{old_id(2), some_id(3)});
}

TEST_CASE_METHOD(list_fixture, "what a crash has left is gone before more is written") {
  write(line('+', {some_id(1)}) + "+baf");
  auto list = open();
  CHECK(list.add({some_id(2)}));
  CHECK(text() == line('+', {some_id(1)}) + line('+', {some_id(2)}));
}

TEST_CASE_METHOD(list_fixture, "a pin is appended, and the list isn't written anew") {
  auto list = open();
  REQUIRE(list.add({some_id(0)}));
  test::failing not_used{"posix/io/dir/rename", EIO, 0};
  for (uint8_t i = 1; i < 200; ++i)
    REQUIRE(list.add({some_id(i)}));
  CHECK(open().roots().size() == 200);
}

TEST_CASE_METHOD(list_fixture, "a list stays as short as what it says, and is short when opened") {
  auto list = open();
  for (uint8_t i = 0; i < 200; ++i) {
    REQUIRE(list.add({some_id(1), some_id(2)}));
    REQUIRE(list.remove({some_id(1)}));
    REQUIRE(std::ranges::count(text(), '\n') < 70);
  }
  REQUIRE(list.remove({some_id(2)}));
  CHECK(open().roots().empty());
  CHECK(text().empty());
}

TEST_CASE_METHOD(list_fixture,
                 "a list that is longer than it need be is opened on a full disk, too") {
  {
    auto list = open();
    REQUIRE(list.add({some_id(1), some_id(2)}));
    REQUIRE(list.remove({some_id(1)}));
  }
  {
    test::failing full{"posix/io/rw/write", ENOSPC, 0};
    CHECK(open().roots() == ids{some_id(2)});
  }
  CHECK(open().roots() == ids{some_id(2)});
}

TEST_CASE_METHOD(list_fixture, "a change that the disk won't take hasn't happened") {
  std::string point =
    GENERATE(as<std::string>{}, "posix/io/rw/write", "posix/io/sync/fsync", "posix/io/oc/open");
  auto has_file = GENERATE(true, false);
  auto list = open();
  if (has_file)
    REQUIRE(list.add({some_id(0), some_id(1)}));
  auto before = list.roots();
  {
    test::failing full{point.c_str(), ENOSPC, 0};
    CHECK(code_of(list.add({some_id(2)}).error()) == ec::no_space);
    CHECK(list.roots() == before);
    if (has_file)
      CHECK(code_of(list.remove({some_id(1)}).error()) == ec::no_space);
    CHECK(list.roots() == before);
  }
  CHECK(list.add({some_id(3)}));
  before.insert(some_id(3));
  CHECK(open().roots() == before);
}

TEST_CASE_METHOD(list_fixture, "a list that can't be read isn't an empty one") {
  SECTION("a disk that fails") {
    REQUIRE(open().add({some_id(1)}));
    test::failing broken{"posix/io/rw/read", EIO, 0};
    CHECK(trouble() == ec::io);
  }
  SECTION("a folder") {
    fs::create_directory(file);
    CHECK(trouble() == ec::io);
  }
  SECTION("nonsense") {
    write("x\n");
    CHECK(trouble() == ec::corrupt);
  }
}
