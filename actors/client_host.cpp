#include "actors/client_host.hpp"

#include "actors/chain/typed_messages.hpp"
#include "actors/client.hpp"
#include "actors/hash/hex.hpp"
#include "actors/runtime/pending.hpp"
#include "messages/client_names.hpp"

#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t max_description_bytes = 16 << 20;
constexpr auto storage_patience = 5min;
constexpr size_t max_told = 20;

expected<description> description_in(const blob_ptr& blob) {
  return decode_description({reinterpret_cast<const char*>(blob->data()), blob->size()});
}

// A description names its genesis model; a greeting that names another one contradicts itself.
expected<void> check_genesis(const greeting& words, const description& text) {
  if (text.model.genesis == words.genesis)
    return caf::unit;
  return make_error(ec::corrupt, "the server's genesis model isn't the one in its description");
}

/// All that the clients share once the run is known.
struct work_place {
  description text;
  run_identity run;
  client_storage storage;
  trainer_pool_actor trainers;
  answer_keeper_actor keeper;
  watchtower_actor watchtower; // Null without a chain.
  client_memories memories;
};

struct client_host_state {
  static inline const char* name = "flwr.client-host";

  /// A client that waits for the work place.
  struct guest {
    client_id id;
    greeting words;
  };

  explicit client_host_state(client_host_actor::stateful_pointer<client_host_state> self)
    : self(self) {}

  caf::result<seat> greet(client_id id, const greeting& words) {
    if (ending)
      return make_error(ec::stopped, "this process is ending");
    if (!cfg.keys.contains(id))
      return make_error(ec::bug, "a client of another process was greeted here");
    if (run && *run != words.run)
      leave_run();
    auto reply = self->make_response_promise<seat>();
    auto key = owed.add(reply);
    if (place) {
      seat_guest(key, {id, words});
      return reply;
    }
    guests.emplace(key, guest{id, words});
    if (!run && !leaving_run)
      begin_run();
    return reply;
  }

  void begin_run() {
    auto words = guests.rbegin()->second.words; // Of who came last.
    run = words.run;
    for (auto it = guests.begin(); it != guests.end();) {
      auto is_other = it->second.words.run != words.run;
      if (is_other)
        owed.settle(it->first, another_run());
      it = is_other ? guests.erase(it) : std::next(it);
    }
    enter(words);
  }

  // The server has another one now. What the clients remember says whether they may sign for it; so
  // nobody may sign for the old one any more.
  void leave_run() {
    run.reset();
    place.reset();
    clients.clear();
    writers.clear();
    guests.clear();
    owed.fail_all(another_run());
    leaving_run = !members.empty();
    for (auto& member : members)
      self->send_exit(member, caf::exit_reason::user_shutdown);
  }

  static caf::error another_run() {
    return make_error(ec::rejected, "the server runs another run now");
  }

  void enter(const greeting& words) {
    auto found = cfg.reach(words);
    if (!found)
      return turn_away(found.error());
    watch(*found);
    self
      ->request(found->fetcher, storage_patience, atom::fetch_v, words.description,
                max_description_bytes)
      .then([=, this, from = found->fetcher](const blob_ptr& blob) { set_up(words, blob, from); },
            [this](const caf::error& err) { turn_away(no_description(err)); });
  }

  // Whether it is tried again or not: who gave up did so for want of the node.
  static caf::error no_description(const caf::error& why) {
    return make_error(code_of(why) == ec::exhausted ? ec::unreachable : code_of(why),
                      "the run's description can't be fetched from the IPFS node (--ipfs names "
                      "another): "
                        + render(why));
  }

  void set_up(const greeting& words, const blob_ptr& blob, const ipfs_fetcher_actor& from) {
    auto text = description_in(blob);
    if (!text)
      return turn_away(text.error());
    if (auto consistent = check_genesis(words, *text); !consistent)
      return turn_away(consistent.error());
    auto memories = cfg.remember(words);
    if (!memories)
      return turn_away(memories.error());
    auto trainers = cfg.hire(*text);
    if (!trainers)
      return turn_away(trainers.error());
    watch(*trainers);
    auto storage = cfg.open_storage(words, *text);
    if (!storage)
      return turn_away(storage.error());
    watch(*storage);
    run_identity identity{words.run, run_domain(words.chain_id, words.contract)};
    auto tower = cfg.watch(words, *text, identity, from);
    if (!tower)
      return turn_away(tower.error());
    watch(*tower);
    check_chain(words, *tower);
    auto keeper = spawn_answer_keeper(self->system(), where, *memories);
    watch(keeper);
    place =
      work_place{std::move(*text),    identity, *storage, *trainers, keeper, tower->watchtower,
                 std::move(*memories)};
    introduce(words);
    for (auto& [key, waiting] : std::exchange(guests, {}))
      seat_guest(key, waiting);
  }

  /// A node that is no use is better known before the work than after it.
  void check_chain(const greeting& words, const client_watch& tower) {
    if (!tower.chain)
      return;
    self->request(tower.chain, storage_patience, atom::chain_id_v)
      .then(
        [=, this](uint64_t id) {
          if (id != words.chain_id)
            tell("WARNING: the Ethereum node is of chain " + std::to_string(id)
                 + ", but the run is on chain " + std::to_string(words.chain_id)
                 + ": its commits can't be checked");
        },
        [this](const caf::error& why) {
          if (!ending)
            tell("WARNING: the run's commits can't be checked yet: " + render(why));
        });
  }

  void introduce(const greeting& words) {
    auto& text = place->text;
    tell("the server runs " + to_0x(words.run) + ": " + text.model.name + " on " + text.data + ", "
         + std::to_string(text.clients) + " clients");
  }

  void tell(const std::string& line) {
    if (cfg.reporter)
      self->send(cfg.reporter, event::any{event::note{line}});
  }

  void turn_away(const caf::error& why) {
    run.reset();
    guests.clear();
    owed.fail_all(why);
  }

  void seat_guest(uint64_t key, const guest& who) {
    if (auto ready = give_token(who); !ready)
      return owed.settle(key, ready.error());
    owed.settle(key, seat{client_of(who.id), proof_of(who), place->text.model.layout,
                          place->text.exchange == "inline"});
  }

  // Each connection comes with a token of its own.
  expected<void> give_token(const guest& who) {
    if (auto found = writers.find(who.id); found != writers.end()) {
      self->send(found->second.store, atom::admit_v, who.words.token);
      return caf::unit;
    }
    auto made = cfg.open_writer(who.words, place->text);
    if (!made)
      return made.error();
    if (!*made)
      return caf::unit;
    writers.emplace(who.id, **made);
    watch((*made)->uploader);
    watch((*made)->store);
    return caf::unit;
  }

  ipfs_uploader_actor uploader_of(client_id id) const {
    auto found = writers.find(id);
    return found == writers.end() ? place->storage.uploader : found->second.uploader;
  }

  join_proof proof_of(const guest& who) const {
    auto& key = *cfg.keys.at(who.id);
    join_statement statement{
      who.words.run, who.id, {who.words.nonce.begin(), who.words.nonce.end()}};
    return {who.id, key.address(), to_bytes(key.sign(digest_of(statement, place->run.domain)))};
  }

  client_actor client_of(client_id id) {
    auto& mine = clients[id];
    if (mine)
      return mine;
    mine = spawn_client(self->system(), {.id = id,
                                         .run = place->run,
                                         .key = cfg.keys.at(id),
                                         .layout = place->text.model.layout,
                                         .fetcher = place->storage.fetcher,
                                         .uploader = uploader_of(id),
                                         .trainers = place->trainers,
                                         .keeper = place->keeper,
                                         .watchtower = place->watchtower,
                                         .kept = place->memories.at(id).memory.answer,
                                         .with_tensors = place->text.exchange == "inline",
                                         .profile = unixfs_profile_from(place->text.ipfs_profile)});
    watch(mine);
    return mine;
  }

  // -- the end -----------------------------------------------------------------------------------

  // The first trouble is the one to tell of; what it broke comes after.
  void left(client_id id, const caf::error& why) {
    if (why)
      note_trouble(id, why);
    if (!why && place)
      self->request(place->keeper, storage_patience, atom::finish_v, id)
        .then([=, this] { gone(id); }, [=, this](const caf::error& err) { left(id, err); });
    else
      gone(id);
  }

  void note_trouble(client_id id, const caf::error& why) {
    if (!trouble)
      trouble = why;
    auto is_news = told.size() < max_told && told.insert(render(why)).second;
    if (cfg.keys.size() > 1 && is_news)
      tell(name_of(id) + " has left: " + render(why));
  }

  void gone(client_id id) {
    away.insert(id);
    if (away.size() < cfg.keys.size())
      return;
    if (trouble || !place || !place->watchtower)
      return tell_boss();
    self->request(place->watchtower, storage_patience, atom::finish_v)
      .then([this] { tell_boss(); }, [this](const caf::error&) { tell_boss(); });
  }

  void tell_boss() {
    if (boss)
      self->send(boss, atom::over_v, run_outcome{trouble.value_or(caf::error{})});
  }

  void watch(const client_watch& all) {
    if (!all.watchtower)
      return;
    watch(all.watchtower);
    watch(all.chain);
  }

  void watch(const client_storage& all) {
    watch(all.fetcher);
    watch(all.uploader);
    watch(all.store);
  }

  template <class Handle>
  void watch(const Handle& member) {
    self->monitor(member);
    members.push_back(caf::actor_cast<caf::actor>(member));
  }

  void down(const caf::down_msg& msg) {
    std::erase_if(members, [&](const auto& member) { return member.address() == msg.source; });
    if (ending)
      return leave_when_alone();
    if (!leaving_run)
      return leave(msg.reason);
    leaving_run = !members.empty();
    if (!leaving_run && !guests.empty())
      begin_run();
  }

  void leave(const caf::error& why) {
    if (ending)
      return;
    ending = why;
    owed.fail_all(why);
    for (auto& member : members)
      self->send_exit(member, caf::exit_reason::user_shutdown);
    leave_when_alone();
  }

  void leave_when_alone() {
    if (members.empty())
      self->quit(*ending);
  }

  client_host_actor::stateful_pointer<client_host_state> self;
  client_host_config cfg;
  runs_on where = runs_on::scheduler; // Of the KEEPER, as our own.
  supervisor_actor boss;
  std::optional<hash256> run; // From the first greeting on.
  bool leaving_run = false;   // Until all have gone whom the run before has brought.
  std::optional<work_place> place;
  pending<seat> owed;
  std::map<uint64_t, guest> guests; // By the key of what is owed.
  std::map<client_id, client_actor> clients;
  std::map<client_id, client_writer> writers;
  std::vector<caf::actor> members; // Whom this actor has spawned.
  std::set<client_id> away;
  std::optional<caf::error> trouble;
  std::set<std::string> told; // Why clients have left; many may for one reason.
  std::optional<caf::error> ending;
};

client_host_actor::behavior_type
client_host(client_host_actor::stateful_pointer<client_host_state> self, runs_on where,
            client_host_config cfg) {
  self->state.where = where;
  self->state.cfg = std::move(cfg);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.down(msg); });
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::start, const supervisor_actor& boss) { self->state.boss = boss; },
    [self](atom::greet, client_id id, const greeting& words) {
      return self->state.greet(id, words);
    },
    [self](atom::left, client_id id, const caf::error& why) { self->state.left(id, why); },
  };
}

} // namespace

client_host_actor spawn_client_host(caf::actor_system& sys, runs_on where, client_host_config cfg) {
  return spawn_on(where, sys, client_host, where, std::move(cfg));
}

} // namespace flwr
