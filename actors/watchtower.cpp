#include "actors/watchtower.hpp"

#include "actors/audit/watch_book.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/chain/run_views.hpp"
#include "actors/runtime/pending.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = watchtower_actor::extend<on<void, atom::attempt>, on<void, atom::deadline>>;

constexpr auto chain_patience = 1min;
constexpr auto storage_patience = 5min;
constexpr auto pause = 1s; // After a node that couldn't answer.

// Commits of before this process looked for the first time: as far back as it may have been away.
constexpr uint64_t blocks_back = 128;
constexpr uint64_t blocks_at_once = 1000; // Nodes bound what they answer.

std::string listed(const std::vector<uint64_t>& rounds) {
  std::string text = rounds.size() == 1 ? "round " : "rounds ";
  for (size_t i = 0; i < rounds.size(); ++i)
    text.append(i == 0 ? "" : ", ").append(std::to_string(rounds[i]));
  return text;
}

expected<manifest> manifest_in(const blob_ptr& blob) {
  return decode_manifest({reinterpret_cast<const char*>(blob->data()), blob->size()});
}

struct watchtower_state {
  static inline const char* name = "flwr.watchtower";

  explicit watchtower_state(impl::stateful_pointer<watchtower_state> self) : self(self) {}

  void begin(const watchtower_config& config) {
    cfg = config;
    book.emplace(cfg.run, cfg.genesis);
    self->send(chain, atom::follow_v, head_listener_actor{self});
  }

  // -- commits -----------------------------------------------------------------------------------

  void see(uint64_t newest) {
    if (!next)
      next = newest - std::min(newest, blocks_back);
    deep = std::max(deep, newest + 1 - std::min(newest + 1, cfg.confirmations));
    look();
  }

  void look() {
    if (looking || !next || *next > deep)
      return;
    looking = true;
    auto last = std::min(deep, *next + blocks_at_once - 1);
    log_query what{cfg.contract, round_committed_topic(), *next, last};
    self->request(chain, chain_patience, atom::logs_v, what)
      .then([=, this](const std::vector<placed_log>& found) { read(found, last); },
            [this](const caf::error& err) { fail(err); });
  }

  void read(const std::vector<placed_log>& found, uint64_t last) {
    looking = false;
    trouble.reset();
    next = last + 1;
    for (auto& each : found)
      if (auto event = run_event_in(each.what))
        if (auto* commit = std::get_if<round_committed>(&*event))
          take(commit->what, each.block.number);
    look();
  }

  void fail(const caf::error& why) {
    looking = false;
    trouble = why;
    self->delayed_send(self, pause, atom::attempt_v);
  }

  void take(const round_commitment& commit, uint64_t block) {
    if (!std::exchange(knows_run, true))
      ask_for_run(block);
    say(book->committed(commit));
    auto open = book->unchecked();
    if (std::ranges::find(open, commit.round) == open.end())
      return;
    self
      ->request(fetcher, storage_patience, atom::fetch_v, commit.manifest,
                static_cast<uint64_t>(max_manifest_bytes(cfg.clients)))
      .then([=, this](const blob_ptr& blob) { compare(commit, manifest_in(blob)); },
            [=, this](const caf::error& err) { compare(commit, err); });
  }

  void compare(const round_commitment& commit, const expected<manifest>& what) {
    if (what) {
      say(book->check(commit, *what));
    } else {
      book->give_up(commit.round);
      say({listed({commit.round}) + ": its manifest can't be read: " + render(what.error())});
    }
    answer_when_done();
  }

  void ask_for_run(uint64_t block) {
    call_request what{{}, cfg.contract, calldata_of(run_view_run), block};
    self->request(chain, chain_patience, atom::call_v, what)
      .then([this](const bytes& said) { check_run(answer_in(run_view_run, said)); },
            [this](const caf::error& err) { check_run(err); });
  }

  void check_run(const expected<hash256>& said) {
    if (!said)
      say({"the contract doesn't tell its run: " + render(said.error())});
    else if (*said != cfg.run.run)
      say({"the contract is another run's than the server says"});
  }

  void say(const std::vector<std::string>& objections) {
    for (auto& each : objections)
      self->send(reporter, event::any{event::note{"WARNING: " + each}});
  }

  // -- the end -----------------------------------------------------------------------------------

  caf::result<void> finish() {
    auto reply = self->make_response_promise<void>();
    owed.add(reply);
    self->delayed_send(self, cfg.patience, atom::deadline_v);
    self->request(chain, chain_patience, atom::head_v)
      .then([this](const block_facts& newest) { see(newest.block.number); },
            [this](const caf::error& err) { trouble = err; });
    answer_when_done();
    return reply;
  }

  void answer_when_done() {
    if (book->unchecked().empty())
      owed.settle_all();
  }

  void give_up() {
    if (auto open = book->unchecked(); !open.empty())
      say({listed(open) + " couldn't be checked: "
           + (trouble ? render(*trouble) : "no commit was found on the chain")});
    owed.settle_all();
  }

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->quit(why);
  }

  impl::stateful_pointer<watchtower_state> self;
  watchtower_config cfg;
  chain_actor chain;
  ipfs_fetcher_actor fetcher;
  reporter_actor reporter;
  std::optional<watch_book> book;
  std::optional<uint64_t> next; // The first block that isn't read.
  uint64_t deep = 0;            // The newest block that counts.
  bool looking = false;
  bool knows_run = false;
  std::optional<caf::error> trouble; // Why the chain can't be read.
  pending<void> owed;
};

impl::behavior_type watchtower(impl::stateful_pointer<watchtower_state> self,
                               const watchtower_config& cfg, chain_actor chain,
                               ipfs_fetcher_actor fetcher, reporter_actor reporter) {
  self->state.chain = std::move(chain);
  self->state.fetcher = std::move(fetcher);
  self->state.reporter = std::move(reporter);
  self->state.begin(cfg);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::given, client_id who, uint64_t round, const content_id& model) {
      self->state.say(self->state.book->given(who, round, model));
    },
    [self](atom::fit, const fit_res& update) { self->state.book->signed_update(update); },
    [self](atom::finish) { return self->state.finish(); },
    [self](atom::head, const block_ref& newest) { self->state.see(newest.number); },
    [self](atom::attempt) { self->state.look(); },
    [self](atom::deadline) { self->state.give_up(); },
  };
}

} // namespace

watchtower_actor spawn_watchtower(caf::actor_system& sys, const watchtower_config& cfg,
                                  chain_actor chain, ipfs_fetcher_actor fetcher,
                                  reporter_actor reporter) {
  return sys.spawn(watchtower, cfg, std::move(chain), std::move(fetcher), std::move(reporter));
}

} // namespace flwr
