#include "actors/ipfs/block_store.hpp"
#include "tests/contracts/blob_store_suite.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/coordinator_double.hpp"
#include "tests/support/failing_calls.hpp"

#include <cerrno>

using namespace flwr;

namespace {

struct embedded_store : test::threaded_fixture {
  ~embedded_store() { end(store); }

  blob_store_actor store =
    spawn_block_store(sys, runs_on::own_thread,
                      std::make_shared<block_files>(block_files::in_memory(unixfs_v1_2025)));
};

} // namespace

FLWR_BLOB_STORE_SUITE(embedded_store)

struct watched_store : test::coordinator_fixture {
  static std::shared_ptr<block_files> files_in(const std::filesystem::path& folder) {
    auto opened = block_files::open(folder, unixfs_v1_2025);
    REQUIRE(opened);
    return std::make_shared<block_files>(std::move(*opened));
  }

  auto put(size_t size) {
    return ask<content_id>(store, atom::put_v, std::make_shared<const bytes>(size));
  }

  temporary_directory folder;
  block_store_actor store =
    own(spawn_block_store(sys, runs_on::scheduler, files_in(folder / "blocks")));
};

TEST_CASE_METHOD(watched_store, "a CAR that somebody still reads is made once") {
  auto id = *ask<content_id>(store, atom::put_v, test::some_blob(3 << 20))->value;
  auto car = [&](uint64_t most) { return ask<blob_ptr>(store, atom::dag_v, id, most); };
  auto first = *car(4 << 20)->value;
  CHECK(*car(4 << 20)->value == first);
  CHECK(car(1 << 20)->error == ec::rejected);
}

TEST_CASE_METHOD(watched_store, "a run hears once that its store's disk is full") {
  self->send(store, atom::await_v, coordinator);
  CHECK(put(10)->value);
  test::failing full{"posix/io/rw/write", ENOSPC, 0};
  CHECK(put(20)->error == ec::no_space);
  CHECK(heard->trouble == ec::no_space);
  CHECK_THAT(render(heard->trouble), Catch::Contains("blocks"));
  heard->trouble = {};
  CHECK(put(30)->error == ec::no_space);
  CHECK_FALSE(heard->trouble);
}
