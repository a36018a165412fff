#include "actors/http/turns.hpp"

#include "actors/http/unsent_answers.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using namespace flwr;

TEST_CASE("so much work is under way, and the rest waits for its turn") {
  turns row{2};
  std::vector<int> begun;
  for (int i = 0; i < 5; ++i)
    row.enter([&, i] { begun.push_back(i); });
  CHECK(begun == std::vector{0, 1});
  row.leave();
  CHECK(begun == std::vector{0, 1, 2});
  row.leave();
  row.leave();
  CHECK(begun == std::vector{0, 1, 2, 3, 4});
  row.leave();
  row.enter([&] { begun.push_back(5); });
  CHECK(begun.back() == 5);
}

TEST_CASE("work that ends at once needs no deep stack") {
  turns row{1};
  size_t done = 0;
  row.enter([] {});
  for (size_t i = 0; i < 100'000; ++i)
    row.enter([&] {
      ++done;
      row.leave();
    });
  CHECK(done == 0);
  row.leave();
  CHECK(done == 100'000);
}

TEST_CASE("nothing begins without room") {
  bool has_room = false;
  size_t begun = 0;
  turns row{2, [&] { return has_room; }};
  row.enter([&] { ++begun; });
  row.enter([&] {
    ++begun;
    has_room = false;
  });
  row.enter([&] { ++begun; });
  CHECK(begun == 0);
  has_room = true;
  row.go_on();
  CHECK(begun == 2);
  row.leave();
  CHECK(begun == 2);
  has_room = true;
  row.go_on();
  CHECK(begun == 3);
}

TEST_CASE("what waits can be forgotten") {
  turns row{1};
  auto kept = std::make_shared<int>();
  row.enter([] {});
  row.enter([kept] { ++*kept; });
  CHECK(kept.use_count() == 2);
  row.clear();
  CHECK(kept.use_count() == 1);
  row.leave();
  CHECK(*kept == 0);
}

TEST_CASE("an answer that many are sent counts once, until the last has it") {
  unsent_answers all;
  auto model = std::make_shared<const bytes>(1000), other = std::make_shared<const bytes>(10);
  all.add(model);
  all.add(model);
  all.add(other);
  all.add(nullptr);
  CHECK(all.bytes() == 1010);
  all.remove(model);
  CHECK(all.bytes() == 1010);
  all.remove(model);
  CHECK(all.bytes() == 10);
  all.remove(nullptr);
  all.remove(model);
  CHECK(all.bytes() == 10);
}
