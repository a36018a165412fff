#include "actors/net/room_book.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace flwr;

namespace {

using book = room_book<std::string>;

/// Lets in as many as can go, and says who.
std::vector<std::string> let_in_all(book& from) {
  std::vector<std::string> names;
  while (auto next = from.let_in())
    names.push_back(next->guest);
  return names;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("as many are let in as there is room for, in the order in which they came") {
  book all{100};
  all.wait("a", 60);
  all.wait("b", 30);
  all.wait("c", 20);
  all.wait("d", 10);
  CHECK(let_in_all(all) == names{"a", "b"}); // d would fit, but c was first.
  CHECK(all.used_bytes() == 90);
  all.give_back(1);
  CHECK(let_in_all(all) == names{"c", "d"});
  CHECK(all.used_bytes() == 60);
}

TEST_CASE("one that is larger than all of it goes when it is alone") {
  book all{100};
  all.wait("a", 1);
  all.wait("b", UINT64_MAX);
  all.wait("c", 1);
  CHECK(let_in_all(all) == names{"a"});
  all.give_back(1);
  CHECK(let_in_all(all) == names{"b"});
  all.give_back(2);
  CHECK(let_in_all(all) == names{"c"});
  CHECK(all.used_bytes() == 1);
}

TEST_CASE("without any room one at a time goes") {
  book all{0};
  all.wait("a", 1);
  all.wait("b", 1);
  CHECK(let_in_all(all) == names{"a"});
  all.give_back(1);
  CHECK(let_in_all(all) == names{"b"});
}

TEST_CASE("what is given back twice, or was never taken, counts for nothing") {
  book all{100};
  all.wait("a", 60);
  let_in_all(all);
  all.give_back(7);
  CHECK(all.used_bytes() == 60);
  all.give_back(1);
  all.give_back(1);
  CHECK(all.used_bytes() == 0);
}

TEST_CASE("who has gone isn't let in") {
  book all{100};
  all.wait("a", 60);
  all.wait("b", 60);
  all.wait("c", 60);
  let_in_all(all);
  all.forget([](const std::string& each) { return each == "b"; });
  all.give_back(1);
  CHECK(let_in_all(all) == names{"c"});
}

TEST_CASE("the late ones yield, but only if somebody waits, and no more than it takes") {
  book all{100};
  for (auto* each : {"a", "b", "c", "d"})
    all.wait(each, 25);
  let_in_all(all);
  all.note_late(2);
  all.note_late(3);
  all.note_late(4);
  CHECK(all.call_in().empty());
  all.wait("e", 40);
  CHECK(all.call_in() == names{"b", "c"});
  CHECK(all.call_in().empty()); // They are on their way.
  all.give_back(2);
  CHECK(all.call_in().empty());
  all.give_back(3);
  CHECK(let_in_all(all) == names{"e"});
  all.wait("f", 20);
  CHECK(all.call_in() == names{"d"});
}

TEST_CASE("who is called upon and has room all the same leaves the next one its turn") {
  book all{100};
  all.wait("a", 100);
  let_in_all(all);
  all.note_late(1);
  all.wait("b", 100);
  CHECK(all.call_in() == names{"a"});
  all.give_back(1); // What a had came and was used up.
  CHECK(let_in_all(all) == names{"b"});
  all.wait("c", 100);
  CHECK(all.call_in().empty());
  all.note_late(2);
  CHECK(all.call_in() == names{"b"});
}

TEST_CASE("who isn't late keeps its room, and who has given it back isn't late") {
  book all{100};
  all.wait("a", 50);
  all.wait("b", 50);
  let_in_all(all);
  all.wait("c", 50);
  CHECK(all.call_in().empty());
  all.give_back(1);
  all.note_late(1);
  CHECK(let_in_all(all) == names{"c"});
  all.wait("d", 50);
  CHECK(all.call_in().empty());
}

TEST_CASE("at the end everybody who waits is told, once") {
  book all{10};
  all.wait("a", 10);
  all.wait("b", 10);
  all.wait("c", 10);
  let_in_all(all);
  CHECK(all.dismiss() == names{"b", "c"});
  CHECK(all.dismiss().empty());
  all.give_back(1);
  CHECK(let_in_all(all).empty());
}
