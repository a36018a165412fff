#include "actors/ipfs_fetcher.hpp"

#include "actors/runtime/patience.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace flwr {
namespace {

using impl = ipfs_fetcher_actor::extend<on<void, atom::attempt, uint64_t>>;

struct ipfs_fetcher_state {
  static inline const char* name = "flwr.ipfs-fetcher";

  using wanted = std::pair<content_id, uint64_t>;
  using waiting = std::vector<caf::typed_response_promise<blob_ptr>>;

  explicit ipfs_fetcher_state(impl::stateful_pointer<ipfs_fetcher_state> self) : self(self) {}

  caf::result<blob_ptr> fetch(const content_id& id, uint64_t max_bytes) {
    for (const auto& [kept, blob] : recent)
      if (blob && kept == id && blob->size() <= max_bytes)
        return blob;
    auto reply = self->make_response_promise<blob_ptr>();
    auto [flight, is_new] = flights.try_emplace({id, max_bytes});
    flight->second.push_back(reply);
    if (is_new)
      take_off(flight->first);
    return reply;
  }

  void take_off(const wanted& what) {
    jobs.start({.ask = [=, this](uint64_t key) { ask(key, what); },
                .refuse = [=, this](const caf::error& why) { land(what, why); }});
  }

  void ask(uint64_t key, const wanted& what) {
    self
      ->request(store, patience_for(what.second, jobs.attempt_timeout()), atom::fetch_v, what.first,
                what.second)
      .then(
        [=, this](const blob_ptr& blob) {
          if (jobs.done(key))
            land(what, blob);
        },
        [=, this](const caf::error& err) { failed(key, err); });
  }

  template <class Outcome>
  void land(const wanted& what, const Outcome& outcome) {
    auto landed = flights.extract(what);
    for (auto& reply : landed.mapped())
      reply.deliver(outcome);
  }

  void failed(uint64_t key, const caf::error& err) {
    if (auto wait = jobs.failed(key, err))
      self->delayed_send(self, *wait, atom::attempt_v, key);
  }

  void keep(const content_id& id, const blob_ptr& blob) {
    if (recent.front().first == id)
      return;
    recent.back() = std::exchange(recent.front(), {id, blob});
  }

  void leave(const caf::error& why) {
    jobs.fail_all(why);
    self->quit(why);
  }

  impl::stateful_pointer<ipfs_fetcher_state> self;
  blob_store_actor store;
  retry_jobs jobs{{}};
  std::map<wanted, waiting> flights;
  std::array<std::pair<content_id, blob_ptr>, 2> recent; // Newest first.
};

impl::behavior_type ipfs_fetcher(impl::stateful_pointer<ipfs_fetcher_state> self,
                                 blob_store_actor store, retry_config cfg) {
  self->state.store = std::move(store);
  self->state.jobs = retry_jobs{std::move(cfg)};
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::fetch, const content_id& id, uint64_t max_bytes) {
      return self->state.fetch(id, max_bytes);
    },
    [self](atom::keep, const content_id& id, const blob_ptr& blob) { self->state.keep(id, blob); },
    [self](atom::attempt, uint64_t key) { self->state.jobs.attempt(key); },
  };
}

} // namespace

ipfs_fetcher_actor spawn_ipfs_fetcher(caf::actor_system& sys, blob_store_actor store,
                                      retry_config cfg) {
  return sys.spawn(ipfs_fetcher, std::move(store), std::move(cfg));
}

} // namespace flwr
