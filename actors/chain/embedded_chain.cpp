#include "actors/chain/embedded_chain.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace flwr {
namespace {

using impl = embedded_chain_actor::extend<on<void, atom::seal>>;
using tx_reply = caf::typed_response_promise<tx_hash>;

// About as many commits as a block has room for: so many needn't wait for company.
constexpr size_t most_together = 256;

struct embedded_chain_state {
  static inline const char* name = "flwr.embedded-chain";

  explicit embedded_chain_state(impl::stateful_pointer<embedded_chain_state> self) : self(self) {}

  caf::result<tx_hash> take(const bytes& raw) {
    auto hash = ledger->submit(raw);
    if (!hash)
      return hash.error();
    if (ledger->standing(*hash) != tx_standing::ready)
      return *hash;
    auto reply = self->make_response_promise<tx_hash>();
    waiting.emplace(*hash, reply);
    if (waiting.size() >= most_together)
      seal();
    else
      ask_for_seal();
    return reply;
  }

  // Our own `seal` queues behind all that has come in by then: that makes the block.
  void ask_for_seal() {
    if (!std::exchange(asked, true))
      self->send(self, atom::seal_v);
  }

  void seal() {
    asked = false;
    auto block = ledger->seal(clock());
    if (!block)
      return fail(block.error());
    if (!*block)
      return;
    answer_settled();
    for (const auto& each : followers)
      tell(each, (*block)->block);
    if (ledger->ready_count() > 0)
      ask_for_seal();
  }

  void answer_settled() {
    std::erase_if(waiting,
                  [this](const auto& each) { return answer_if_settled(each.first, each.second); });
  }

  bool answer_if_settled(const tx_hash& hash, tx_reply reply) const {
    auto standing = ledger->standing(hash);
    if (standing == tx_standing::sealed)
      reply.deliver(hash);
    else if (standing == tx_standing::unknown)
      reply.deliver(make_error(ec::rejected, "replaced by another transaction of its nonce"));
    else
      return false;
    return true;
  }

  void fail(const caf::error& why) {
    for (auto& [hash, reply] : std::exchange(waiting, {}))
      reply.deliver(why);
  }

  void follow(const head_listener_actor& listener) {
    followers.push_back(listener.address());
    self->monitor(listener);
    tell(followers.back(), ledger->blocks().head().place);
  }

  // A follower shouldn't live on because we know it.
  void tell(const caf::actor_addr& follower, const block_ref& head) {
    if (auto listener = caf::actor_cast<caf::strong_actor_ptr>(follower))
      self->send(caf::actor_cast<head_listener_actor>(listener), atom::head_v, head);
  }

  expected<block_facts> block(uint64_t number) const {
    auto found = ledger->blocks().find(number);
    if (!found)
      return make_error(ec::missing, "there is no block " + std::to_string(number) + " yet");
    return facts_of(*found);
  }

  std::optional<receipt> find_receipt(const tx_hash& hash) const {
    auto found = ledger->blocks().find_receipt(hash);
    return found ? std::optional{*found} : std::nullopt;
  }

  void leave(const caf::error& why) {
    do
      seal();
    while (asked); // For what the block before had no room for.
    self->quit(why);
  }

  impl::stateful_pointer<embedded_chain_state> self;
  std::shared_ptr<embedded_ledger> ledger;
  chain_clock clock;
  bool asked = false;
  std::multimap<tx_hash, tx_reply> waiting; // The same transaction may be sent twice.
  std::vector<caf::actor_addr> followers;
};

impl::behavior_type embedded_chain(impl::stateful_pointer<embedded_chain_state> self,
                                   std::shared_ptr<embedded_ledger> ledger, chain_clock clock) {
  auto& state = self->state;
  state.ledger = std::move(ledger);
  state.clock = std::move(clock);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  self->set_down_handler(
    [self](const caf::down_msg& msg) { std::erase(self->state.followers, msg.source); });
  const auto& chain = *state.ledger;
  return {
    [&chain](atom::chain_id) { return chain.genesis().chain_id; },
    [&chain](atom::head) { return facts_of(chain.blocks().head()); },
    [self](atom::block, uint64_t number) { return self->state.block(number); },
    [self](atom::follow, const head_listener_actor& who) { self->state.follow(who); },
    [&chain](atom::nonce, const address& who) { return chain.nonce(who); },
    [](atom::fees) { return fee_terms{}; },
    [self](atom::send, const bytes& raw) { return self->state.take(raw); },
    [self](atom::receipt, const tx_hash& hash) { return self->state.find_receipt(hash); },
    [&chain](atom::transaction, const tx_hash& hash) {
      return chain.blocks().find_transaction(hash);
    },
    [&chain](atom::call, const call_request& request) { return chain.call(request); },
    [&chain](atom::logs, const log_query& query) { return chain.blocks().logs(query); },
    [&chain](atom::ask, const ledger_question& question) { (*question)(chain); },
    [self](atom::seal) { self->state.seal(); },
  };
}

} // namespace

embedded_chain_actor spawn_embedded_chain(caf::actor_system& sys, runs_on where,
                                          std::shared_ptr<embedded_ledger> ledger,
                                          chain_clock clock) {
  return spawn_on(where, sys, embedded_chain, std::move(ledger), std::move(clock));
}

} // namespace flwr
