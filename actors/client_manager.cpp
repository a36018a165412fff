#include "actors/client_manager.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/chain/address.hpp"
#include "actors/client_proxy.hpp"
#include "actors/fl/sampling.hpp"
#include "actors/runtime/pending.hpp"
#include "messages/client_names.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = client_manager_actor::extend<on<void, atom::tick>, on<void, atom::deadline, uint64_t>>;

struct client_manager_state {
  static inline const char* name = "flwr.client-manager";

  /// A client whose binding is being written down, and what is owed to whoever brought it.
  struct newcomer {
    client_actor client;
    std::vector<uint64_t> owed;
  };

  explicit client_manager_state(impl::stateful_pointer<client_manager_state> self) : self(self) {}

  caf::result<void> join(client_id id, const address& key, const client_actor& client) {
    if (ending)
      return make_error(ec::stopped, "the run is ending");
    if (auto problem = judge(id, key))
      return problem;
    if (proxies.contains(id)) {
      self->send(proxies.at(id), atom::joined_v, client);
      return caf::unit;
    }
    auto reply = self->make_response_promise<void>();
    auto& mine = binding[id];
    mine.client = client; // A second connection replaces the first.
    mine.owed.push_back(joining.add(reply));
    if (mine.owed.size() == 1)
      bind(id, key);
    return reply;
  }

  caf::result<client_id> join_plain(const client_actor& client) {
    if (ending)
      return make_error(ec::stopped, "the run is ending");
    if (keys.size() + plain.size() >= cfg.clients)
      return make_error(ec::rejected, "all " + std::to_string(cfg.clients)
                                        + " places of the population are taken");
    client_id id{next_plain++};
    plain.emplace(client.address(), id);
    self->monitor(client);
    take_in(id, {}, client);
    return id;
  }

  void bind(client_id id, const address& key) {
    keys.emplace(id, key);
    ids.emplace(key, id);
    self->request(journal, 1min, atom::append_v, journal_entry{"bound", 0, id, encode_bound(key)})
      .then([=, this] { bound(id, key); }, [=, this](const caf::error& err) { fail(id, err); });
  }

  caf::error judge(client_id id, const address& key) const {
    if (static_cast<uint64_t>(id) >= cfg.clients)
      return make_error(ec::rejected, "there is no " + name_of(id) + " in this run: its "
                                        + std::to_string(cfg.clients)
                                        + " clients have the ids from 0 to "
                                        + std::to_string(cfg.clients - 1)
                                        + "; start the client with one of them (--cid), or the "
                                          "server with more --clients");
    auto mine = keys.find(id);
    if (mine != keys.end() && mine->second != key)
      return make_error(ec::rejected, "client id " + number_of(id) + " is held by another key, "
                                        + to_text(mine->second)
                                        + "; start this client with another --cid, or with the "
                                          "--state-dir that has that key");
    auto other = ids.find(key);
    if (other != ids.end() && other->second != id)
      return make_error(ec::rejected, "this key is " + name_of(other->second) + "'s, not "
                                        + name_of(id) + "'s; each client needs a key of its own");
    return {};
  }

  void bound(client_id id, const address& key) {
    auto mine = binding.extract(id).mapped();
    if (ending)
      return;
    take_in(id, key, mine.client);
    for (auto owed : mine.owed)
      joining.settle(owed, caf::unit);
  }

  void take_in(client_id id, const std::optional<address>& key, const client_actor& client) {
    auto proxy = spawn_client_proxy(self->system(), {.id = id,
                                                     .key = key,
                                                     .run = cfg.run,
                                                     .max_examples = cfg.strategy.max_examples,
                                                     .rejoin_grace = key ? cfg.rejoin_grace : 0ms,
                                                     .manager = self});
    self->monitor(proxy);
    proxies.emplace(id, proxy);
    roster.insert(std::ranges::lower_bound(roster, id), id);
    self->send(proxy, atom::joined_v, client);
    tell(event::joined{id});
    tell_if_ready();
  }

  void fail(client_id id, const caf::error& err) {
    auto mine = binding.extract(id).mapped();
    for (auto owed : mine.owed)
      joining.settle(owed, err);
    trouble = err;
    tell_if_ready();
  }

  // -- who is here -------------------------------------------------------------------------------

  void here(client_id id) {
    if (away.erase(id) == 0 || ending)
      return;
    tell(event::returned{id});
    tell_if_ready();
  }

  void lost(client_id id) {
    if (ending || !keys.contains(id) || !away.insert(id).second) // Plain clients just leave.
      return;
    tell(event::lost{id});
    tell_if_ready();
  }

  uint64_t number_here() const { return roster.size() - away.size(); }

  /// With fewer there is no round.
  uint64_t least() const { return std::max<uint64_t>(1, cfg.strategy.min_available_clients); }

  bool are_enough_here() const { return number_here() >= (begun ? least() : cfg.clients); }

  void await(const round_coordinator_actor& who) {
    waiting = who;
    waits_since = self->clock().now();
    ++wait;
    if (cfg.join_timeout)
      self->delayed_send(self, *cfg.join_timeout, atom::deadline_v, wait);
    tell_if_ready();
    if (waiting && !std::exchange(ticking, true))
      tick();
  }

  void stop_waiting(uint64_t which) {
    if (!waiting || which != wait)
      return;
    if (number_here() >= least())
      return tell_ready();
    trouble = too_few(ec::timeout, " in time",
                      "start more of them, or allow more time with "
                      "--join-timeout");
    tell_if_ready();
  }

  caf::error too_few(ec code, const std::string& when, const std::string& advice) const {
    return make_error(code, std::to_string(number_here()) + " of " + std::to_string(cfg.clients)
                              + " clients are here" + when + ", and at least "
                              + std::to_string(least()) + " are needed (--min-clients); " + advice);
  }

  void tell_if_ready() {
    if (waiting && begun && !are_enough_here() && !cfg.may_return)
      trouble = too_few(ec::missing, "", "those of a simulation that have died don't come back");
    if (waiting && trouble)
      self->send(*std::exchange(waiting, std::nullopt), atom::failed_v, *trouble);
    else if (waiting && are_enough_here())
      tell_ready();
  }

  void tell_ready() {
    begun = true;
    self->send(*std::exchange(waiting, std::nullopt), atom::ready_v);
  }

  void tick() {
    ticking = waiting.has_value();
    if (!ticking)
      return;
    tell(event::waiting{number_here(), begun ? least() : cfg.clients,
                        self->clock().now() - waits_since});
    self->delayed_send(self, 5s, atom::tick_v);
  }

  void tell(event::any what) { self->send(reporter, std::move(what)); }

  // -- sampling ----------------------------------------------------------------------------------

  cohort sample(const sample_request& asked) const {
    cohort chosen{.members = {}, .available = roster.size()};
    for (auto id : sample_clients(cfg.seed, asked.round, asked.what, roster, count_for(asked.what)))
      chosen.members.emplace_back(id, proxies.at(id));
    return chosen;
  }

  uint64_t count_for(phase_kind what) const {
    if (what == phase_kind::fit)
      return num_fit_clients(cfg.strategy, roster.size()).clients;
    auto size = num_evaluate_clients(cfg.strategy, roster.size());
    return size ? size->clients : 0;
  }

  void leave(const caf::error& why) {
    ending = why;
    joining.fail_all(why);
    for (auto& [id, proxy] : proxies)
      self->send_exit(proxy, why);
    leave_when_alone();
  }

  void down(const caf::down_msg& msg) {
    if (auto who = plain.extract(caf::actor_cast<caf::actor_addr>(msg.source)))
      plain_left(who.mapped());
    else
      proxy_down(msg);
  }

  // Whoever comes again is somebody else. The proxy stays until nobody knows it any more: a cohort
  // that was sampled before may still instruct it, and has to hear that the client is gone.
  void plain_left(client_id id) {
    if (ending)
      return;
    std::erase(roster, id);
    away.erase(id);
    tell(event::left{id});
    tell_if_ready();
    auto proxy = proxies.extract(id);
    self->demonitor(proxy.mapped().address());
  }

  // A proxy ends with us, or by a bug that must not be mistaken for a client's silence.
  void proxy_down(const caf::down_msg& msg) {
    auto known = std::erase_if(
      proxies, [&](const auto& entry) { return entry.second.address() == msg.source; });
    if (known == 0)
      return;
    if (!ending)
      return leave(msg.reason);
    leave_when_alone();
  }

  void leave_when_alone() {
    if (proxies.empty())
      self->quit(*ending);
  }

  impl::stateful_pointer<client_manager_state> self;
  client_manager_config cfg;
  journal_actor journal;
  reporter_actor reporter;
  std::map<client_id, address> keys; // Bound for good, as is the way back.
  std::map<address, client_id> ids;
  std::map<caf::actor_addr, client_id> plain; // Plain Flower clients, while they are here.
  uint64_t next_plain = first_plain_id;
  pending<void> joining;
  std::map<client_id, newcomer> binding; // Until it is on disk.
  std::map<client_id, client_proxy_actor> proxies;
  std::vector<client_id> roster; // Every id ever bound, ascending.
  std::set<client_id> away;      // Those of the roster whose connection is lost.
  std::optional<round_coordinator_actor> waiting;
  uint64_t wait = 0; // Of the waits; timers of older ones are void.
  caf::actor_clock::time_point waits_since{};
  bool begun = false; // It was ready once.
  bool ticking = false;
  std::optional<caf::error> trouble; // A binding isn't on disk.
  std::optional<caf::error> ending;
};

impl::behavior_type client_manager(impl::stateful_pointer<client_manager_state> self,
                                   client_manager_config cfg, journal_actor journal,
                                   reporter_actor reporter) {
  self->state.cfg = std::move(cfg);
  self->state.journal = std::move(journal);
  self->state.reporter = std::move(reporter);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.down(msg); });
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::joined, client_id id, const address& key, const client_actor& client) {
      return self->state.join(id, key, client);
    },
    [self](atom::joined, const client_actor& client) { return self->state.join_plain(client); },
    [self](atom::joined, client_id id) { self->state.here(id); },
    [self](atom::left, client_id id) { self->state.lost(id); },
    [self](atom::await, const round_coordinator_actor& who) { self->state.await(who); },
    [self](atom::sample, const sample_request& asked) { return self->state.sample(asked); },
    [self](atom::tick) { self->state.tick(); },
    [self](atom::deadline, uint64_t which) { self->state.stop_waiting(which); },
  };
}

} // namespace

client_manager_actor spawn_client_manager(caf::actor_system& sys, client_manager_config cfg,
                                          journal_actor journal, reporter_actor reporter) {
  return sys.spawn(client_manager, std::move(cfg), std::move(journal), std::move(reporter));
}

} // namespace flwr
