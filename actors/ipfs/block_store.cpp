#include "actors/ipfs/block_store.hpp"

#include "actors/ipfs/car.hpp"
#include "actors/runtime/pending.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using impl = block_store_actor::extend<on<void, atom::tick>>;

struct block_store_state {
  static inline const char* name = "flwr.block-store";

  explicit block_store_state(impl::stateful_pointer<block_store_state> self) : self(self) {}

  expected<content_id> put(const blob_ptr& blob) { return noted(files->put(blob)); }

  expected<stored_files> add(const std::vector<blob_ptr>& blobs, const unixfs_profile& profile,
                             bool holds) {
    stored_files stored;
    for (auto& blob : blobs) {
      auto file = noted(files->put(blob, profile));
      if (!file)
        return file.error();
      stored.push_back(*file);
    }
    if (holds)
      if (auto held = noted(files->hold(ids_of(stored))); !held)
        return held.error();
    return stored;
  }

  static std::vector<content_id> ids_of(const stored_files& files) {
    std::vector<content_id> ids;
    std::ranges::transform(files, std::back_inserter(ids), &stored_file::id);
    return ids;
  }

  caf::result<void> add(const content_id& id, const blob_ptr& block, bool holds) {
    auto stored = noted(files->put_block(id, *block));
    return done(stored && holds ? noted(files->hold(std::vector{id})) : stored);
  }

  caf::result<void> pin(const std::vector<content_id>& ids) {
    return done(noted(files->keep(ids)));
  }
  caf::result<void> flush() { return done(noted(files->sync())); }
  caf::result<void> check(const std::vector<content_id>& ids) { return done(files->check(ids)); }
  caf::result<void> hold(const std::vector<content_id>& ids) {
    return done(noted(files->hold(ids)));
  }

  caf::result<void> release(const std::vector<content_id>& ids) {
    return done(noted(files->release(ids)));
  }

  std::vector<content_id> held() const { return {files->held().begin(), files->held().end()}; }

  // -- what isn't done at once -------------------------------------------------------------------

  // A CAR is stored in slices, and whatever else is asked for comes in between, but no collection:
  // imports and collections are done one after the other, in the order in which they came. So no
  // block that an import has put, or found here, is collected before its DAG is held.
  caf::result<void> add(const received_car_ptr& car, dag_wish wish) {
    auto import = std::make_shared<car_import>(car, wish);
    return in_turn([this, import] { return import->advance(*files); });
  }

  caf::result<void> collect(uint64_t before, caf::timespan grace) {
    return in_turn([=, this]() -> expected<bool> {
      auto collected = files->collect(before, grace);
      return collected ? expected<bool>{true} : collected.error();
    });
  }

  caf::result<void> in_turn(std::function<expected<bool>()> advance) {
    auto reply = self->make_response_promise<void>();
    auto nobody_waits = static_cast<const caf::response_promise&>(reply).async();
    steps.push_back({nobody_waits ? 0 : owed.add(reply), std::move(advance)});
    if (steps.size() == 1)
      take_turn();
    return reply;
  }

  void take_turn() {
    auto& now = steps.front();
    auto done = noted(now.advance());
    if (!done || *done) {
      owed.settle(now.key, done ? expected<void>{caf::unit} : done.error());
      steps.pop_front();
    }
    if (!steps.empty())
      self->send(self, atom::tick_v); // Behind what others have asked for meanwhile.
  }

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->quit(why);
  }

  // -- tools -------------------------------------------------------------------------------------

  static caf::result<void> done(const expected<void>& what) {
    return what ? caf::result<void>{caf::unit} : caf::result<void>{what.error()};
  }

  template <class T>
  expected<T> noted(expected<T> what) {
    if (!what)
      note(what.error());
    return what;
  }

  void note(const caf::error& why) {
    if (coordinator && (code_of(why) == ec::no_space || code_of(why) == ec::io))
      self->send(*std::exchange(coordinator, std::nullopt), atom::failed_v, why);
  }

  caf::result<blob_ptr> block(const content_id& id) { return shared(files->get_block(id)); }

  // All clients fetch a round's model at once, and one CAR will do for them.
  expected<blob_ptr> dag(const content_id& root, uint64_t max_bytes) {
    std::erase_if(cars, [](const auto& each) { return each.second.expired(); });
    auto found = cars.find(root);
    auto made = found == cars.end() ? nullptr : found->second.lock();
    if (made && made->size() <= max_bytes)
      return made;
    auto source = [this](const content_id& id) { return files->get_block(id); };
    auto car = shared(car_of(root, source, max_bytes));
    if (car)
      cars[root] = *car;
    return car;
  }

  static expected<blob_ptr> shared(expected<bytes> found) {
    if (!found)
      return found.error();
    return std::make_shared<const bytes>(std::move(*found));
  }

  /// What is done step by step, until it says that it is done.
  struct turn {
    uint64_t key; ///< Of what is owed; 0: nothing is.
    std::function<expected<bool>()> advance;
  };

  impl::stateful_pointer<block_store_state> self;
  std::shared_ptr<block_files> files;
  std::deque<turn> steps; ///< The first one is under way.
  pending<void> owed;
  std::map<content_id, std::weak_ptr<const bytes>> cars; // That are on their way somewhere.
  std::optional<round_coordinator_actor> coordinator;    // Until it has heard of trouble.
};

impl::behavior_type block_store(impl::stateful_pointer<block_store_state> self,
                                std::shared_ptr<block_files> files) {
  self->state.files = std::move(files);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::put, const blob_ptr& blob) { return self->state.put(blob); },
    [self](atom::fetch, const content_id& id, uint64_t max_bytes) {
      return self->state.files->fetch(id, max_bytes);
    },
    [self](atom::add, const std::vector<blob_ptr>& blobs, const unixfs_profile& profile,
           bool holds) { return self->state.add(blobs, profile, holds); },
    [self](atom::add, const content_id& id, const blob_ptr& block, bool holds) {
      return self->state.add(id, block, holds);
    },
    [self](atom::add, const received_car_ptr& car, dag_wish wish) {
      return self->state.add(car, wish);
    },
    [self](atom::block, const content_id& id) { return self->state.block(id); },
    [self](atom::dag, const content_id& root, uint64_t max_bytes) {
      return self->state.dag(root, max_bytes);
    },
    [self](atom::pin, const std::vector<content_id>& ids) { return self->state.pin(ids); },
    [self](atom::flush) { return self->state.flush(); },
    [self](atom::check, const std::vector<content_id>& ids) { return self->state.check(ids); },
    [self](atom::hold, const std::vector<content_id>& ids) { return self->state.hold(ids); },
    [self](atom::release, const std::vector<content_id>& ids) { return self->state.release(ids); },
    [self](atom::held) { return self->state.held(); },
    [self](atom::begin, uint64_t round) { self->state.files->begin(round); },
    [self](atom::collect, uint64_t before, caf::timespan grace) {
      return self->state.collect(before, grace);
    },
    [self](atom::await, const round_coordinator_actor& who) { self->state.coordinator = who; },
    [self](atom::tick) { self->state.take_turn(); },
  };
}

} // namespace

block_store_actor spawn_block_store(caf::actor_system& sys, runs_on where,
                                    std::shared_ptr<block_files> files) {
  return spawn_on(where, sys, block_store, std::move(files));
}

} // namespace flwr
