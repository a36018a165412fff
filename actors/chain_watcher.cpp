#include "actors/chain_watcher.hpp"

#include "actors/hash/hex.hpp"
#include "actors/runtime/pending.hpp"

#include <map>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = chain_watcher_actor::extend<on<void, atom::deadline, uint64_t>,
                                         on<void, atom::attempt, uint64_t, tx_hash>>;

constexpr auto chain_patience = 1min;

struct chain_watcher_state {
  static inline const char* name = "flwr.chain-watcher";

  explicit chain_watcher_state(impl::stateful_pointer<chain_watcher_state> self) : self(self) {}

  caf::result<receipt> confirm(const tx_hash& hash) {
    auto reply = self->make_response_promise<receipt>();
    auto key = owed.add(reply);
    watched.emplace(key, hash);
    self->delayed_send(self, cfg.patience, atom::deadline_v, key);
    look(key, hash);
    return reply;
  }

  void see(const block_ref& newest) {
    head = newest;
    for (auto& [key, hash] : watched)
      look(key, hash);
  }

  void look(uint64_t key, const tx_hash& hash) {
    self->request(chain, chain_patience, atom::receipt_v, hash)
      .then(
        [=, this](const std::optional<receipt>& found) {
          if (found && is_deep(found->block))
            settle(key, *found);
        },
        [=, this](const caf::error& err) {
          is_transient(err) ? look_again(key, hash) : settle(key, err);
        });
  }

  // The next head may be long in coming: on the embedded chain it comes with the next transaction.
  void look_again(uint64_t key, const tx_hash& hash) {
    if (watched.contains(key))
      self->delayed_send(self, 2s, atom::attempt_v, key, hash);
  }

  bool is_deep(const block_ref& where) const {
    return head.number + 1 >= where.number + cfg.confirmations;
  }

  void settle(uint64_t key, expected<receipt> outcome) {
    watched.erase(key);
    owed.settle(key, std::move(outcome));
  }

  void expire(uint64_t key) {
    auto found = watched.find(key);
    if (found == watched.end())
      return;
    auto words = "transaction " + to_0x(found->second) + " isn't confirmed after "
                 + std::to_string(cfg.patience / 1s) + " s";
    settle(key, make_error(ec::timeout, std::move(words)));
  }

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->quit(why);
  }

  impl::stateful_pointer<chain_watcher_state> self;
  chain_watcher_config cfg;
  chain_actor chain;
  block_ref head;
  pending<receipt> owed;
  std::map<uint64_t, tx_hash> watched; // By the key of what is owed for it.
};

impl::behavior_type chain_watcher(impl::stateful_pointer<chain_watcher_state> self,
                                  chain_watcher_config cfg, chain_actor chain) {
  self->state.cfg = cfg;
  self->state.chain = std::move(chain);
  self->send(self->state.chain, atom::follow_v, head_listener_actor{self});
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::confirm, const tx_hash& hash) { return self->state.confirm(hash); },
    [self](atom::head, const block_ref& newest) { self->state.see(newest); },
    [self](atom::deadline, uint64_t key) { self->state.expire(key); },
    [self](atom::attempt, uint64_t key, const tx_hash& hash) { self->state.look(key, hash); },
  };
}

} // namespace

chain_watcher_actor spawn_chain_watcher(caf::actor_system& sys, chain_watcher_config cfg,
                                        chain_actor chain) {
  return sys.spawn(chain_watcher, cfg, std::move(chain));
}

} // namespace flwr
