#include "actors/answer_keeper.hpp"

#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/identities.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace flwr;

namespace {

struct keeper_fixture : test::actor_fixture {
  std::filesystem::path file() const { return folder / "run.json"; }

  client_memory on_disk() const {
    std::ifstream in{file()};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto memory = decode_client_memory(text);
    REQUIRE(memory);
    return *memory;
  }

  static fit_res answer(uint64_t round) {
    fit_res res{};
    res.round = round;
    res.num_examples = 1;
    return test::signed_by(client_id{3}, res);
  }

  temporary_directory folder;
  answer_keeper_actor keeper = own(spawn_answer_keeper(
    sys, runs_on::scheduler, {{client_id{3}, {file(), client_memory{.run = {1}, .answer = {}}}}}));
};

} // namespace

TEST_CASE_METHOD(keeper_fixture, "keeper has an answer on disk before it says so") {
  CHECK(ask<void>(keeper, atom::keep_v, client_id{3}, answer(1))->done);
  CHECK(on_disk().answer->round == 1);
  CHECK(ask<void>(keeper, atom::keep_v, client_id{3}, answer(2))->done);
  CHECK(on_disk().answer->round == 2);
  CHECK(on_disk().run == hash256{1});
  CHECK_FALSE(on_disk().over);
}

TEST_CASE_METHOD(keeper_fixture, "keeper remembers that a run is over") {
  CHECK(ask<void>(keeper, atom::keep_v, client_id{3}, answer(1))->done);
  CHECK(ask<void>(keeper, atom::finish_v, client_id{3})->done);
  CHECK(on_disk().over);
  CHECK(on_disk().answer);
}

TEST_CASE_METHOD(keeper_fixture, "keeper says that it can't keep an answer") {
  std::filesystem::remove_all(folder.path());
  CHECK(ask<void>(keeper, atom::keep_v, client_id{3}, answer(1))->error);
  std::filesystem::create_directory(folder.path());
  CHECK(ask<void>(keeper, atom::keep_v, client_id{4}, answer(1))->error == ec::rejected);
}
