#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/car.hpp"
#include "tests/contracts/blob_store_suite.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/coordinator_double.hpp"
#include "tests/support/failing_calls.hpp"

#include <algorithm>
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
  std::shared_ptr<block_files> files = files_in(folder / "blocks");
  block_store_actor store = own(spawn_block_store(sys, runs_on::scheduler, files));
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

TEST_CASE_METHOD(watched_store, "a run hears that its store's disk fails at a collection") {
  self->send(store, atom::await_v, coordinator);
  CHECK(put(10)->value);
  test::failing broken{"posix/io/dir/unlink", EIO, 0};
  self->send(store, atom::collect_v, uint64_t{9}, caf::timespan{0});
  settle();
  CHECK(heard->trouble == ec::io);
}

TEST_CASE_METHOD(watched_store, "who sends a collection away gets no answer") {
  self->send(store, atom::collect_v, uint64_t{9}, caf::timespan{0});
  settle();
  CHECK(self->mailbox().empty());
}

namespace {

/// A CAR of small blocks, of several slices.
struct sent_car {
  explicit sent_car(size_t blocks = 100, bool whole = true) {
    auto all = block_files::in_memory(unixfs_v1_2025);
    auto stored = all.put(test::some_blob(blocks * 32, static_cast<uint8_t>(blocks)),
                          {.chunk_bytes = 32, .max_links = 30});
    auto source = [&](const content_id& id) { return all.get_block(id); };
    auto body = std::make_shared<const bytes>(*car_of(stored->id, source, UINT64_MAX));
    auto car = *read_car(*body);
    if (!whole)
      car.sections.pop_back();
    auto dag = whole_dag_in(car);
    received =
      std::make_shared<const received_car>(received_car{body, std::move(car), std::move(dag)});
  }

  const content_id& root() const { return received->car.root; }

  ptrdiff_t count_in(const block_files& files) const {
    return std::ranges::count_if(received->car.sections,
                                 [&](auto& each) { return files.has(each.id); });
  }

  bool all_in(const block_files& files) const {
    return count_in(files) == std::ssize(received->car.sections);
  }

  received_car_ptr received;
};

struct importing_store : watched_store {
  auto import(const sent_car& car, dag_wish wish) {
    return ask<void>(store, atom::add_v, car.received, wish);
  }

  /// Sends a request, and has the store do only as much as it takes for one slice.
  auto begin_import(const sent_car& car) {
    auto out = std::make_shared<done_or_error>();
    sys.spawn([=, this](caf::event_based_actor* probe) {
      probe->request(store, caf::infinite, atom::add_v, car.received, dag_wish::hold)
        .then([out] { out->done = true; }, [out](const caf::error& err) { out->error = err; });
    });
    while (car.count_in(*files) == 0)
      REQUIRE(sched.try_run_once());
    return out;
  }

  std::vector<content_id> held() {
    return *ask<std::vector<content_id>>(store, atom::held_v)->value;
  }
};

} // namespace

TEST_CASE_METHOD(importing_store,
                 "a CAR is stored as a whole, and its DAG held if that is wished") {
  auto [wish, is_held] = GENERATE(table<dag_wish, bool>(
    {{dag_wish::nothing, false}, {dag_wish::check, false}, {dag_wish::hold, true}}));
  sent_car car;
  CHECK(import(car, wish)->done);
  CHECK(car.all_in(*files));
  CHECK(held() == (is_held ? std::vector{car.root()} : std::vector<content_id>{}));
  auto later = files_in(folder / "blocks");
  CHECK(later->collect(9));
  CHECK(car.count_in(*later) == (is_held ? std::ssize(car.received->car.sections) : 0));
}

TEST_CASE_METHOD(importing_store, "a CAR without all of its DAG is stored, and no more") {
  sent_car car{60, false};
  CHECK(import(car, dag_wish::nothing)->done);
  CHECK(import(car, dag_wish::check)->error == ec::missing);
  CHECK(import(car, dag_wish::hold)->error == ec::missing);
  CHECK(held().empty());
  CHECK(car.all_in(*files));
  sent_car all{60};
  CHECK(import(all, dag_wish::nothing)->done);
  CHECK(import(car, dag_wish::check)->done); // The rest is here already.
  CHECK(import(car, dag_wish::hold)->done);
  CHECK(held() == std::vector{car.root()});
}

TEST_CASE_METHOD(importing_store, "others are answered while a CAR is stored") {
  sent_car car;
  auto import = begin_import(car);
  self->send(store, atom::held_v);
  self->send(store, atom::put_v, test::some_blob(10));
  settle();
  CHECK(import->done);
  self->receive([](const std::vector<content_id>& held) { CHECK(held.empty()); });
  self->receive([](const content_id&) {});
  CHECK(held() == std::vector{car.root()});
}

TEST_CASE_METHOD(importing_store, "what an import has stored isn't collected before it is held") {
  sent_car car;
  auto junk = *put(10)->value;
  auto import = begin_import(car);
  CHECK_FALSE(car.all_in(*files));
  CHECK(ask<void>(store, atom::collect_v, uint64_t{9}, caf::timespan{0})->done);
  CHECK(import->done);
  CHECK(car.all_in(*files));
  CHECK_FALSE(files->has(junk));
  CHECK(ask<void>(store, atom::collect_v, uint64_t{9}, caf::timespan{0})->done);
  CHECK(car.all_in(*files));
}

TEST_CASE_METHOD(importing_store, "CARs are stored one after the other") {
  sent_car first{100}, second{60};
  auto import = begin_import(first);
  self->send(store, atom::add_v, second.received, dag_wish::hold);
  while (second.count_in(*files) == 0)
    REQUIRE(sched.try_run_once());
  CHECK(first.all_in(*files));
  settle();
  CHECK(import->done);
  CHECK(held().size() == 2);
}

TEST_CASE_METHOD(importing_store,
                 "a CAR that the disk won't take is answered so, and the run hears") {
  self->send(store, atom::await_v, coordinator);
  sent_car car;
  {
    test::failing full{"posix/io/rw/write", ENOSPC, 70};
    CHECK(import(car, dag_wish::hold)->error == ec::no_space);
  }
  CHECK(heard->trouble == ec::no_space);
  CHECK(held().empty());
  CHECK(import(car, dag_wish::hold)->done);
}

TEST_CASE_METHOD(importing_store, "a large CAR is made durable bit by bit") {
  sent_car car{1'100};
  test::failing second_time{"posix/io/sync/syncfs", EIO, 1};
  CHECK(import(car, dag_wish::hold)->error == ec::io);
  CHECK(car.count_in(*files) == 1024);
}

TEST_CASE_METHOD(importing_store, "a store that ends in the middle of a CAR says so") {
  sent_car car;
  auto import = begin_import(car);
  end(store);
  CHECK(code_of(import->error) == ec::stopped);
  CHECK_FALSE(car.all_in(*files));
}
