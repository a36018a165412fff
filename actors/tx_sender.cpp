#include "actors/tx_sender.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/chain/transaction.hpp"
#include "actors/runtime/pending.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 1min;                 // For the chain and the journal.
constexpr auto confirmation_patience = 1440min; // A day: The CHAIN WATCHER gives up before.

struct tx_sender_state {
  static inline const char* name = "flwr.tx-sender";

  struct job {
    uint64_t key;
    tx_request what;
  };

  explicit tx_sender_state(tx_sender_actor::stateful_pointer<tx_sender_state> self) : self(self) {}

  template <class... Args>
  auto ask(const Args&... args) {
    return self->request(chain, patience, args...);
  }

  // A nonce that isn't used holds up all after it: nothing goes out any more.
  auto give_up() {
    return [this](const caf::error& err) {
      trouble = err;
      for (auto& each : std::exchange(queue, {}))
        owed.settle(each.key, named(each.what, err));
    };
  }

  static caf::error named(const tx_request& what, const caf::error& err) {
    return make_error(code_of(err), what.purpose + ": " + render(err));
  }

  caf::result<receipt> submit(const tx_request& what) {
    if (trouble)
      return named(what, *trouble);
    auto reply = self->make_response_promise<receipt>();
    queue.push_back({owed.add(reply), what});
    advance();
    return reply;
  }

  // -- up to the chain, one at a time, for nonces go in order ------------------------------------

  void advance() {
    if (busy || queue.empty())
      return;
    busy = true;
    if (next_nonce)
      return ask_fees();
    ask(atom::nonce_v, cfg.account->address())
      .then(
        [this](uint64_t nonce) {
          next_nonce = nonce;
          ask_fees();
        },
        give_up());
  }

  void ask_fees() {
    ask(atom::fees_v)
      .then([this](const fee_terms& terms) { write_down(signed_with(terms)); }, give_up());
  }

  signed_transaction signed_with(const fee_terms& terms) const {
    auto& what = queue.front().what;
    return sign({.type = tx_type::dynamic_fee,
                 .chain_id = cfg.chain_id,
                 .nonce = *next_nonce,
                 .max_priority_fee_per_gas = terms.priority_fee,
                 // The base fee may grow by an eighth a block: twice it is good for six blocks.
                 .max_fee_per_gas = 2 * terms.base_fee + terms.priority_fee,
                 .gas_limit = what.gas_limit,
                 .to = what.to,
                 .value = 0,
                 .data = what.data,
                 .access_list = {}},
                *cfg.account);
  }

  void write_down(const signed_transaction& tx) {
    journal_entry intent{
      "transaction",
      0,
      {},
      encode_transaction({*next_nonce, tx.hash, tx.raw, queue.front().what.purpose})};
    self->request(journal, patience, atom::append_v, intent)
      .then([=, this] { send(tx); }, give_up());
  }

  void send(const signed_transaction& tx) {
    ask(atom::send_v, tx.raw)
      .then([=, this](const tx_hash& hash) { sent(tx.fields, hash); }, give_up());
  }

  void sent(const transaction& fields, const tx_hash& hash) {
    auto next = std::move(queue.front());
    queue.pop_front();
    ++*next_nonce;
    busy = false;
    self->request(watcher, confirmation_patience, atom::confirm_v, hash)
      .then([=, this](const receipt& done) { confirmed(next, fields, done); },
            [=, this](const caf::error& err) { owed.settle(next.key, named(next.what, err)); });
    advance();
  }

  // -- once it is mined --------------------------------------------------------------------------

  void confirmed(const job& mine, const transaction& fields, const receipt& done) {
    if (done.succeeded)
      return owed.settle(mine.key, done);
    call_request again{.from = done.from,
                       .to = fields.to,
                       .data = fields.data,
                       .block_number = done.block.number - 1};
    ask(atom::call_v, again)
      .then([=, this](const bytes&) { failed(mine, "out of gas, or overtaken"); },
            [=, this](const caf::error& why) { failed(mine, render(why)); });
  }

  void failed(const job& mine, const std::string& why) {
    owed.settle(mine.key, make_error(ec::rejected, mine.what.purpose + " failed on chain: " + why));
  }

  // -- tools -------------------------------------------------------------------------------------

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->quit(why);
  }

  tx_sender_actor::stateful_pointer<tx_sender_state> self;
  tx_sender_config cfg;
  chain_actor chain;
  chain_watcher_actor watcher;
  journal_actor journal;
  pending<receipt> owed;
  std::deque<job> queue; // The first one is on its way to the chain if we are busy.
  bool busy = false;
  std::optional<caf::error> trouble;  // A nonce is left out.
  std::optional<uint64_t> next_nonce; // The chain's, until the first transaction; then ours.
};

tx_sender_actor::behavior_type tx_sender(tx_sender_actor::stateful_pointer<tx_sender_state> self,
                                         tx_sender_config cfg, chain_actor chain,
                                         chain_watcher_actor watcher, journal_actor journal) {
  self->state.cfg = std::move(cfg);
  self->state.chain = std::move(chain);
  self->state.watcher = std::move(watcher);
  self->state.journal = std::move(journal);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {[self](atom::submit, const tx_request& what) { return self->state.submit(what); }};
}

} // namespace

tx_sender_actor spawn_tx_sender(caf::actor_system& sys, tx_sender_config cfg, chain_actor chain,
                                chain_watcher_actor watcher, journal_actor journal) {
  return sys.spawn(tx_sender, std::move(cfg), std::move(chain), std::move(watcher),
                   std::move(journal));
}

} // namespace flwr
