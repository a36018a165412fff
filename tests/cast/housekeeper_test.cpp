#include "actors/housekeeper.hpp"

#include "tests/contracts/blob_store_suite.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace flwr;

namespace {

struct house_fixture : test::actor_fixture {
  explicit house_fixture(std::chrono::seconds grace = {}) : grace(grace) {}

  void fit_begins(uint64_t round) {
    tell(event::phase_started{.what = phase_kind::fit, .round = round});
  }

  void is_recorded(uint64_t round) {
    tell(event::round_recorded{
      .what = {.round = round, .transaction = {}, .gas_used = {}, .block_number = {}},
      .chain = {}});
  }

  template <class Fact>
  void tell(Fact what) {
    self->send(keeper, event::any{std::move(what)});
    settle();
  }

  content_id put(uint8_t salt) {
    auto stored = files->put(test::some_blob(100, salt));
    REQUIRE(stored);
    return *stored;
  }

  std::chrono::seconds grace;
  std::shared_ptr<block_files> files =
    std::make_shared<block_files>(block_files::in_memory(unixfs_v1_2025));
  std::vector<uint64_t> begun;
  block_store_actor store = own(spawn_block_store(sys, runs_on::scheduler, files));
  reporter_actor keeper = own(spawn_housekeeper(
    sys, {.rounds = 3, .store = store, .grace = grace, .begin = [this](uint64_t round) {
            begun.push_back(round);
          }}));
};

struct patient_fixture : house_fixture {
  patient_fixture() : house_fixture(std::chrono::hours{1}) {}
};

} // namespace

TEST_CASE_METHOD(patient_fixture, "what was put lately stays until the last round") {
  fit_begins(1);
  auto blob = put(1);
  fit_begins(2);
  is_recorded(2);
  CHECK(files->has(blob));
  is_recorded(3);
  CHECK_FALSE(files->has(blob));
}

TEST_CASE_METHOD(house_fixture, "what isn't pinned goes when the next round is on record") {
  fit_begins(1);
  auto junk = put(1), model = put(2);
  CHECK(files->keep({model}));
  fit_begins(2);
  is_recorded(1);
  CHECK(files->has(junk)); // It may be an update for round 2 that was quicker than the news.
  auto update = put(3);
  fit_begins(3);
  is_recorded(2);
  CHECK_FALSE(files->has(junk));
  CHECK(files->has(update));
  CHECK(files->has(model));
}

TEST_CASE_METHOD(house_fixture, "after the last round nothing loose is needed any more") {
  fit_begins(3);
  auto junk = put(1);
  is_recorded(3);
  CHECK_FALSE(files->has(junk));
}

TEST_CASE_METHOD(house_fixture, "each fit's beginning is passed on, and no test's") {
  fit_begins(1);
  tell(event::phase_started{.what = phase_kind::evaluate, .round = 1});
  fit_begins(2);
  CHECK(begun == std::vector<uint64_t>{1, 2});
}
