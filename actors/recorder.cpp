#include "actors/recorder.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/runtime/pending.hpp"

#include <chrono>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

struct recorder_state {
  static inline const char* name = "flwr.recorder";

  explicit recorder_state(recorder_actor::stateful_pointer<recorder_state> self) : self(self) {}

  // Nothing may be on record that isn't on disk: pin first.
  caf::result<recorded> record(const round_record& what) {
    auto reply = self->make_response_promise<recorded>();
    auto key = owed.add(reply);
    auto ids = what.updates;
    ids.push_back(what.model);
    self->request(uploader, 5min, atom::pin_v, std::move(ids))
      .then([=, this] { write_down(key, what.round); },
            [=, this](const caf::error& err) { owed.settle(key, err); });
    return reply;
  }

  void write_down(uint64_t key, uint64_t round) {
    recorded where{.round = round, .transaction = {}, .gas_used = {}};
    self
      ->request(journal, 1min, atom::append_v,
                journal_entry{"recorded", round, {}, encode_recorded(where)})
      .then([=, this] { owed.settle(key, where); },
            [=, this](const caf::error& err) { owed.settle(key, err); });
  }

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->quit(why);
  }

  recorder_actor::stateful_pointer<recorder_state> self;
  ipfs_uploader_actor uploader;
  journal_actor journal;
  pending<recorded> owed;
};

recorder_actor::behavior_type recorder(recorder_actor::stateful_pointer<recorder_state> self,
                                       ipfs_uploader_actor uploader, journal_actor journal) {
  self->state.uploader = std::move(uploader);
  self->state.journal = std::move(journal);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {[self](atom::record, const round_record& what) { return self->state.record(what); }};
}

} // namespace

recorder_actor spawn_recorder(caf::actor_system& sys, ipfs_uploader_actor uploader,
                              journal_actor journal) {
  return sys.spawn(recorder, std::move(uploader), std::move(journal));
}

} // namespace flwr
