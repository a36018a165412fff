#include "actors/ipfs/car.hpp"

#include "actors/ipfs/content_id.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace flwr;

namespace {

bool is_whole_dag_only(std::string_view name) {
  return name == "root-block-missing" || name == "leaf-missing";
}

} // namespace

TEST_CASE("every published CAR is read, and written back byte for byte") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("car")) {
    CAPTURE(test::text_of(entry, "name"));
    if (!entry.at("valid").as_bool())
      continue;
    auto file = test::unhex(test::text_of(entry, "car"));
    auto car = read_car(file);
    REQUIRE(car);
    CHECK(to_text(car->root) == std::string{entry.at("roots").as_array()[0].as_string()});
    auto& blocks = entry.at("blocks").as_array();
    REQUIRE(car->sections.size() == blocks.size());
    auto again = car_header(car->root);
    for (size_t i = 0; i < blocks.size(); ++i) {
      CHECK(to_text(car->sections[i].id) == test::text_of(blocks[i], "cid"));
      auto data = test::unhex(test::text_of(blocks[i], "data"));
      CHECK(std::ranges::equal(car->sections[i].block, data));
      append_car_section(again, car->sections[i].id, data);
    }
    CHECK(again == file);
    ++seen;
  }
  CHECK(seen == 5);
}

TEST_CASE("every broken CAR is refused; one whose DAG has holes is a CAR all the same") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("car")) {
    CAPTURE(test::text_of(entry, "name"));
    if (entry.at("valid").as_bool())
      continue;
    CHECK(bool(read_car(test::unhex(test::text_of(entry, "car"))))
          == is_whole_dag_only(test::text_of(entry, "name")));
    ++seen;
  }
  CHECK(seen == 17);
}

TEST_CASE("a CAR that is cut is refused unless it is cut between two sections") {
  auto first = test::load_cases("car")[0];
  auto file = test::unhex(test::text_of(first, "car"));
  size_t whole = 0;
  for (size_t length = 0; length < file.size(); ++length)
    whole += bool(read_car(std::span{file}.first(length)));
  CHECK(whole == first.at("blocks").as_array().size());
}
