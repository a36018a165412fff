#include "actors/ipfs/car.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

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

TEST_CASE("a CAR of too many blocks is refused") {
  auto first = test::load_cases("car")[0];
  auto file = test::unhex(test::text_of(first, "car"));
  auto blocks = first.at("blocks").as_array().size();
  CHECK(read_car(file, blocks));
  auto refused = read_car(file, blocks - 1);
  REQUIRE_FALSE(refused);
  CHECK(code_of(refused.error()) == ec::rejected);
  CHECK_THAT(render(refused.error()), Catch::Contains("more than " + std::to_string(blocks - 1)));
}

TEST_CASE("a CAR knows its DAG if it has all of it") {
  bytes file(2000);
  std::iota(file.begin(), file.end(), uint8_t{0});
  car_file car;
  std::vector<bytes> blocks;
  std::set<content_id> all;
  auto note = [&](const content_id& id, std::span<const uint8_t> block) {
    blocks.emplace_back(block.begin(), block.end());
    car.sections.push_back({id, {}});
    all.insert(as_version_1(id));
  };
  auto profile =
    GENERATE(unixfs_profile{.chunk_bytes = 100, .max_links = 3}, unixfs_profile{100, 3, false, 0});
  car.root = import_file(file, profile, note);
  for (size_t i = 0; i < blocks.size(); ++i)
    car.sections[i].block = blocks[i];
  CHECK(whole_dag_in(car) == all);
  for (size_t i = 0; i < blocks.size(); ++i) {
    auto holes = car;
    holes.sections.erase(holes.sections.begin() + static_cast<ptrdiff_t>(i));
    CHECK(whole_dag_in(holes) == std::nullopt);
  }
  bytes other{1, 2, 3};
  car.sections.push_back({content_id_of(other, unixfs_v1_2025), other});
  CHECK(whole_dag_in(car) == all);
}

TEST_CASE("a CAR whose blocks are no DAG has none") {
  bytes nonsense{1, 2, 3};
  content_id root{sha256(nonsense), codec::dag_pb, 1};
  CHECK(whole_dag_in({root, {{root, nonsense}}}) == std::nullopt);
}
