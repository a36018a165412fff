#include "actors/ipfs_uploader.hpp"

#include "actors/runtime/patience.hpp"

#include <utility>

namespace flwr {
namespace {

// Messages that the uploader sends itself stay out of its public interface.
using impl = ipfs_uploader_actor::extend<on<void, atom::attempt, uint64_t>>;

struct ipfs_uploader_state {
  static inline const char* name = "flwr.ipfs-uploader";

  // Declared on purpose: C++20 would let CAF fill an aggregate's first member with `self`.
  explicit ipfs_uploader_state(impl::stateful_pointer<ipfs_uploader_state> self) : self(self) {}

  caf::result<content_id> upload(const blob_ptr& blob) {
    if (!blob)
      return make_error(ec::bug, "upload without a blob");
    auto reply = self->make_response_promise<content_id>();
    jobs.start({.ask = [=, this](uint64_t key) { put(key, blob, reply); },
                .refuse = [reply](const caf::error& why) mutable { reply.deliver(why); }});
    return reply;
  }

  void put(uint64_t key, const blob_ptr& blob, caf::typed_response_promise<content_id> reply) {
    self->request(store, patience_for(blob->size(), jobs.attempt_timeout()), atom::put_v, blob)
      .then(
        [=, this](const content_id& id) mutable {
          if (jobs.done(key))
            reply.deliver(id);
        },
        [=, this](const caf::error& err) { failed(key, err); });
  }

  caf::result<void> pin(const std::vector<content_id>& ids) {
    auto reply = self->make_response_promise<void>();
    jobs.start({.ask = [=, this](uint64_t key) { pin_once(key, ids, reply); },
                .refuse = [reply](const caf::error& why) mutable { reply.deliver(why); }});
    return reply;
  }

  void pin_once(uint64_t key, const std::vector<content_id>& ids,
                caf::typed_response_promise<void> reply) {
    self->request(store, jobs.attempt_timeout(), atom::pin_v, ids)
      .then(
        [=, this] {
          if (jobs.done(key))
            deliver_done(reply);
        },
        [=, this](const caf::error& err) { failed(key, err); });
  }

  void failed(uint64_t key, const caf::error& err) {
    if (auto wait = jobs.failed(key, err))
      self->delayed_send(self, *wait, atom::attempt_v, key);
  }

  // In 0.17 a dropped promise is silence: answer everyone before leaving.
  void leave(const caf::error& why) {
    jobs.fail_all(why);
    self->quit(why);
  }

  impl::stateful_pointer<ipfs_uploader_state> self;
  blob_store_actor store;
  retry_jobs jobs{{}};
};

impl::behavior_type ipfs_uploader(impl::stateful_pointer<ipfs_uploader_state> self,
                                  blob_store_actor store, retry_config cfg) {
  self->state.store = std::move(store);
  self->state.jobs = retry_jobs{std::move(cfg)};
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::upload, const blob_ptr& blob) { return self->state.upload(blob); },
    [self](atom::pin, const std::vector<content_id>& ids) { return self->state.pin(ids); },
    [self](atom::attempt, uint64_t key) { self->state.jobs.attempt(key); },
  };
}

} // namespace

ipfs_uploader_actor spawn_ipfs_uploader(caf::actor_system& sys, blob_store_actor store,
                                        retry_config cfg) {
  return sys.spawn(ipfs_uploader, std::move(store), std::move(cfg));
}

} // namespace flwr
