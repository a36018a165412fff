#include "actors/audit/watch_book.hpp"

#include "tests/support/watched_run.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;
using Catch::Contains;

namespace {

struct watched {
  watched() {
    book.signed_update(update_of(client_id{0}, 1));
    book.signed_update(update_of(client_id{1}, 1));
  }

  std::string check(const round_commitment& commit) {
    auto found = book.check(commit, what);
    return found.empty() ? "" : found.front();
  }

  std::string check() { return check(commit_of(what)); }

  final_outcome& entry(uint64_t id) { return what.record.invited.at(client_id{id}); }

  watch_book book{some_run(), model_of_round(0)};
  manifest what = manifest_of_round(1);
};

} // namespace

TEST_CASE_METHOD(watched, "watch book has nothing against an honest round") {
  CHECK(book.given(client_id{0}, 0, model_of_round(0)).empty());
  CHECK(book.given(client_id{0}, 1, model_of_round(1)).empty());
  CHECK(book.unchecked() == std::vector<uint64_t>{1});
  CHECK(book.committed(commit_of(what)).empty());
  CHECK(check() == "");
  CHECK(book.given(client_id{1}, 1, model_of_round(1)).empty());
  CHECK(book.unchecked().empty());
}

TEST_CASE_METHOD(watched, "watch book compares the model given with the one on the chain") {
  constexpr auto words = "round 1: client 1 was given bafkre";
  SECTION("given before the commit") {
    CHECK(book.given(client_id{1}, 1, model_of_round(7)).empty());
    auto found = book.committed(commit_of(what));
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0], Contains(words) && Contains("isn't the one on the chain"));
  }
  SECTION("given after it") {
    CHECK(book.committed(commit_of(what)).empty());
    auto found = book.given(client_id{1}, 1, model_of_round(7));
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0], Contains(words) && Contains("isn't the one on the chain"));
  }
  SECTION("to start the first round from") {
    auto found = book.given(client_id{1}, 0, model_of_round(7));
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0], Contains("isn't the one in the run's description"));
  }
}

TEST_CASE_METHOD(watched, "watch book finds what became of a client's update") {
  SECTION("it isn't named") {
    what.record.invited.erase(client_id{1});
    CHECK(check()
          == "round 1: client 1: it has signed an update, but the manifest doesn't name it");
  }
  SECTION("it is called silent") {
    entry(1) = silent{"too late"};
    CHECK(check()
          == "round 1: client 1: it has signed an update, but the manifest says that none came: "
             "too late");
  }
  SECTION("it was refused") {
    entry(0) = refused{"bad layout"};
    CHECK(check()
          == "round 1: client 0: the manifest says that its update was refused: bad layout");
  }
  SECTION("there is another one in its place") {
    SECTION("another model") { std::get<counted>(entry(0)).model = model_of_round(9); }
    SECTION("other examples") { std::get<counted>(entry(0)).num_examples = 11; }
    SECTION("other metrics") { std::get<counted>(entry(0)).metrics["loss"] = 0.25; }
    SECTION("another's name") { std::get<counted>(entry(0)).signer = {1}; }
    SECTION("another signature") { std::get<counted>(entry(0)).signature[3] ^= 1; }
    CHECK(check() == "round 1: client 0: the manifest has another update than it signed");
  }
}

TEST_CASE_METHOD(watched, "watch book finds that a commit stands for another manifest") {
  auto commit = commit_of(what);
  SECTION("another round's") {
    what = manifest_of_round(2);
    CHECK(check(commit) == "round 1: the manifest is another round's, or another run's");
  }
  SECTION("another run's") {
    what.run[5] ^= 1;
    CHECK(check(commit) == "round 1: the manifest is another round's, or another run's");
  }
  SECTION("another base") {
    what.record.base = model_of_round(4);
    CHECK(check(commit) == "round 1: the manifest names other models than the commit");
  }
  SECTION("another model") {
    what.record.model = model_of_round(4);
    CHECK(check(commit) == "round 1: the manifest names other models than the commit");
  }
  SECTION("more updates") {
    what.record.invited[client_id{7}] = entry_of(update_of(client_id{7}, 1));
    CHECK(check(commit) == "round 1: the commit counts other updates than the manifest");
  }
  SECTION("other updates") {
    entry(1) = entry_of(update_of(client_id{7}, 1));
    CHECK(check(commit) == "round 1: the commit counts other updates than the manifest");
  }
}

TEST_CASE_METHOD(watched, "watch book waits for no round twice") {
  CHECK(check() == "");
  book.signed_update(update_of(client_id{0}, 1));
  CHECK(book.unchecked().empty());
  book.signed_update(update_of(client_id{0}, 2));
  CHECK(book.unchecked() == std::vector<uint64_t>{2});
  book.give_up(2);
  CHECK(book.unchecked().empty());
}
