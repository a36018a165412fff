#include "actors/runtime/journal.hpp"

#include <utility>

namespace flwr {
namespace {

using impl = journal_actor::extend<on<void, atom::flush>>;

struct journal_state {
  static inline const char* name = "flwr.journal";

  explicit journal_state(impl::stateful_pointer<journal_state> self) : self(self) {}

  // Our own `flush` queues behind all that has come in by then: that is the group of the commit.
  caf::result<void> append(const journal_entry& entry) {
    if (entries.empty())
      self->send(self, atom::flush_v);
    entries.push_back(entry);
    return replies.emplace_back(self->make_response_promise<void>());
  }

  void flush() {
    if (entries.empty())
      return;
    auto written = file->append(std::exchange(entries, {}));
    for (auto& reply : std::exchange(replies, {}))
      written ? deliver_done(reply) : void(reply.deliver(written.error()));
  }

  void leave(const caf::error& why) {
    flush();
    self->quit(why);
  }

  impl::stateful_pointer<journal_state> self;
  std::shared_ptr<journal_file> file;
  std::vector<journal_entry> entries;
  std::vector<caf::typed_response_promise<void>> replies;
};

impl::behavior_type journal(impl::stateful_pointer<journal_state> self,
                            std::shared_ptr<journal_file> file) {
  self->state.file = std::move(file);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::append, const journal_entry& entry) { return self->state.append(entry); },
    [self](atom::flush) { self->state.flush(); },
  };
}

} // namespace

journal_actor spawn_journal(caf::actor_system& sys, runs_on where, journal_file file) {
  return spawn_on(where, sys, journal, std::make_shared<journal_file>(std::move(file)));
}

} // namespace flwr
