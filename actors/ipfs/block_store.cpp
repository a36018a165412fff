#include "actors/ipfs/block_store.hpp"

#include "actors/ipfs/car.hpp"

#include <map>
#include <optional>
#include <utility>

namespace flwr {
namespace {

struct block_store_state {
  static inline const char* name = "flwr.block-store";

  explicit block_store_state(block_store_actor::stateful_pointer<block_store_state> self)
    : self(self) {}

  expected<content_id> put(const blob_ptr& blob) { return noted(files->put(blob)); }

  expected<stored_file> add(const blob_ptr& blob, const unixfs_profile& profile) {
    return noted(files->put(blob, profile));
  }

  caf::result<void> add(const content_id& id, const blob_ptr& block) {
    return done(noted(files->put_block(id, *block)));
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

  block_store_actor::stateful_pointer<block_store_state> self;
  std::shared_ptr<block_files> files;
  std::map<content_id, std::weak_ptr<const bytes>> cars; // That are on their way somewhere.
  std::optional<round_coordinator_actor> coordinator;    // Until it has heard of trouble.
};

block_store_actor::behavior_type
block_store(block_store_actor::stateful_pointer<block_store_state> self,
            std::shared_ptr<block_files> files) {
  self->state.files = std::move(files);
  return {
    [self](atom::put, const blob_ptr& blob) { return self->state.put(blob); },
    [self](atom::fetch, const content_id& id, uint64_t max_bytes) {
      return self->state.files->fetch(id, max_bytes);
    },
    [self](atom::add, const blob_ptr& blob, const unixfs_profile& profile) {
      return self->state.add(blob, profile);
    },
    [self](atom::add, const content_id& id, const blob_ptr& block) {
      return self->state.add(id, block);
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
      return self->state.done(self->state.files->collect(before, grace));
    },
    [self](atom::await, const round_coordinator_actor& who) { self->state.coordinator = who; },
  };
}

} // namespace

block_store_actor spawn_block_store(caf::actor_system& sys, runs_on where,
                                    std::shared_ptr<block_files> files) {
  return spawn_on(where, sys, block_store, std::move(files));
}

} // namespace flwr
