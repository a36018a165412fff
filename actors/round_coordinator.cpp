#include "actors/round_coordinator.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "actors/open_phases.hpp"
#include "actors/runtime/patience.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = round_coordinator_actor::extend<on<void, atom::deadline, uint64_t>>;

// For helpers that answer on their own: longer than their retry budgets.
constexpr auto patience = 5min;
constexpr auto confirmation_patience = 1440min; // A day: a RECORDER may wait long for a chain.

struct round_coordinator_state {
  static inline const char* name = "flwr.round-coordinator";

  explicit round_coordinator_state(impl::stateful_pointer<round_coordinator_state> self)
    : self(self) {}

  // The error handler of every request without which the run can't go on.
  auto fatal() {
    return [this](const caf::error& why) { end({why}); };
  }

  void end(const run_outcome& how) {
    if (over)
      return;
    over = how;
    if (boss)
      self->send(boss, atom::over_v, how);
  }

  // -- rounds ------------------------------------------------------------------------------------

  void start(const supervisor_actor& supervisor) {
    boss = supervisor;
    if (over) // A disk may have failed before.
      return self->send(boss, atom::over_v, *over);
    self->request(cast.recorder, confirmation_patience, atom::begin_v)
      .then([this] { await_clients(); }, fatal());
  }

  void await_clients() {
    sampling = true;
    self->send(cast.clients, atom::await_v, round_coordinator_actor{self});
  }

  void ready() {
    if (over)
      return;
    if (!std::exchange(begun, true))
      return begin_run();
    sample(phase_kind::fit, closed + 1, [this](const cohort& who) { begin_fit(who); });
  }

  void begin_run() {
    sampling = false;
    self->send(cast.fetcher, atom::keep_v, base.id, base.tensors->file);
    if (cfg.central_evaluation)
      evaluate(0, false);
    next_round();
  }

  void next_round() {
    auto busy = std::max(open.evaluations.size(), unrecorded.size());
    if (over || closing || sampling || open.fit || busy > cfg.max_unconfirmed_rounds)
      return;
    if (closed < cfg.rounds)
      await_clients();
    else if (busy == 0)
      finish();
  }

  template <class Next>
  void sample(phase_kind kind, uint64_t round, Next next) {
    self->request(cast.clients, patience, atom::sample_v, sample_request{kind, round})
      .then(next, fatal());
  }

  void begin_fit(const cohort& who) {
    if (over)
      return;
    sampling = false;
    auto round = closed + 1;
    open.fit.emplace(phase_kind::fit, round, who, now());
    journal({"cohort", round, {}, encode_cohort(phase_kind::fit, ids_of(who))},
            [=, this] { send_fit(round); });
    tell(
      event::phase_started{phase_kind::fit, round, who.members.size(), who.available, ids_of(who)});
  }

  void send_fit(uint64_t round) {
    self->send(cast.aggregator, atom::begin_v, round);
    for (auto& [id, proxy] : open.fit->members)
      self->send(
        proxy, atom::fit_v,
        fit_ins{.client = id, .round = round, .base = {base.id, {}}, .config = {}, .refused = {}});
    close_if_complete();
  }

  // -- answers to fit ----------------------------------------------------------------------------

  void take(const fit_res& res) {
    if (!open.fit || open.fit->book.round() != res.round || !open.fit->book.answer(res.client))
      return;
    if (res.model.tensors)
      return fold(res);
    auto most = base.tensors->file->size();
    self->request(cast.fetcher, patience_for(most, patience), atom::fetch_v, res.model.id, most)
      .then([=, this](const blob_ptr& file) { unpack(res, file); },
            [=, this](const caf::error& err) { refuse(res, err); });
  }

  void unpack(fit_res res, const blob_ptr& file) {
    auto tensors = parameters_from(base.tensors->layout, file);
    if (!tensors)
      return refuse(res, tensors.error());
    res.model.tensors = *tensors;
    fold(res);
  }

  // The tensors go with the message: nothing here keeps them alive.
  void fold(const fit_res& res) {
    auto kept = res;
    kept.model.tensors.reset();
    kept.ticket.reset();
    self->request(cast.aggregator, patience, atom::fold_v, res)
      .then([=, this] { count(kept); }, [=, this](const caf::error& err) { refuse(kept, err); });
  }

  void count(const fit_res& res) {
    std::ignore = open.fit->book.count(res.client, {.model = res.model.id,
                                                    .num_examples = res.num_examples,
                                                    .loss = 0,
                                                    .metrics = res.metrics,
                                                    .signer = res.signer,
                                                    .signature = res.signature});
    journal({"answer", res.round, res.client, encode_answer(res)}, [] {});
    tell(event::answered{res.client, phase_kind::fit, res.round, {}});
    close_if_complete();
  }

  void refuse(const fit_res& res, const caf::error& why) {
    std::ignore = open.fit->book.refuse(res.client, render(why));
    note_failure({res.client, phase_kind::fit, res.round, why});
    close_if_complete();
  }

  void note_failure(const failure& what) {
    journal({"answer", what.round, what.client, encode_refusal(what)}, [] {});
    tell(event::answered{what.client, what.what, what.round, what.why});
  }

  void fail(const failure& what) {
    auto* mine = open.find(what.what, what.round);
    if (!mine || !mine->book.lose(what.client, render(what.why)))
      return;
    mark_sent(*mine, what.client);
    note_failure(what);
    after_answer(what.what, what.round);
  }

  // -- the end of a fit --------------------------------------------------------------------------

  void close_if_complete() {
    if (!open.fit || closing || over || !open.fit->book.complete())
      return;
    closing = open.fit->summary(cfg.strategy.accept_failures, now());
    if (closing->updates == 0)
      return write_down(base);
    self->request(cast.aggregator, patience, atom::finish_v, open.fit->book.round())
      .then([this, since = now()](const parameters_ptr& average) { store(average, since); },
            fatal());
  }

  void store(const parameters_ptr& average, time_point since) {
    closing->aggregate = now() - since;
    auto& file = average->file;
    self->request(cast.uploader, patience_for(file->size(), patience), atom::upload_v, file)
      .then(
        [=, this, since = now()](const content_id& id) {
          closing->ipfs = now() - since;
          write_down({id, average});
        },
        fatal());
  }

  void write_down(const model_ref& model) {
    closing->model = model.id;
    journal({"closed",
             closing->round,
             {},
             encode_closed({model.id, closing->updates, closing->failures})},
            [=, this] { close(model); });
  }

  void close(const model_ref& model) {
    record(model.id);
    base = model;
    closed = closing->round;
    self->send(cast.fetcher, atom::keep_v, base.id, base.tensors->file);
    tell(*std::exchange(closing, std::nullopt));
    open.fit.reset();
    evaluate(closed, cfg.clients_evaluate);
    next_round();
  }

  void record(const content_id& model) {
    round_record what{.round = closing->round,
                      .base = base.id,
                      .model = model,
                      .invited = open.fit->outcomes(closing->updates > 0)};
    unrecorded.insert(what.round);
    self->request(cast.recorder, confirmation_patience, atom::record_v, what)
      .then(
        [this, since = now()](const recorded& where) {
          unrecorded.erase(where.round);
          tell(event::round_recorded{where, now() - since});
          next_round();
        },
        fatal());
  }

  // -- evaluation --------------------------------------------------------------------------------

  void evaluate(uint64_t round, bool by_clients) {
    auto& mine = open.evaluations[round];
    mine.model = base.id;
    mine.started = now();
    mine.sampling = by_clients;
    if (by_clients)
      sample(phase_kind::evaluate, round,
             [=, this](const cohort& who) { begin_evaluate(round, who); });
    if (cfg.central_evaluation)
      evaluate_centrally(round);
    settle(round);
  }

  void begin_evaluate(uint64_t round, const cohort& who) {
    auto& mine = open.evaluations.at(round);
    mine.sampling = false;
    mine.clients.emplace(phase_kind::evaluate, round, who, now());
    tell(event::phase_started{phase_kind::evaluate, round, who.members.size(), who.available,
                              ids_of(who)});
    for (auto& [id, proxy] : who.members)
      self->send(
        proxy, atom::evaluate_v,
        evaluate_ins{.client = id, .round = round, .model = {mine.model, {}}, .config = {}});
    settle(round);
  }

  void evaluate_centrally(uint64_t round) {
    open.evaluations.at(round).central = true;
    self
      ->request(cast.trainers, caf::infinite, atom::evaluate_v,
                evaluate_ins{.client = {}, .round = round, .model = base, .config = {}})
      .then(
        [=, this](const evaluate_res& res) {
          open.evaluations.at(round).central = false;
          open.evaluations.at(round).centralized = event::score{res.loss, res.metrics};
          settle(round);
        },
        fatal());
  }

  void take(const evaluate_res& res) {
    auto* mine = open.find(phase_kind::evaluate, res.round);
    if (!mine || !mine->book.count(res.client, tested(res)))
      return;
    tell(event::answered{res.client, phase_kind::evaluate, res.round, {}});
    settle(res.round);
  }

  void settle(uint64_t round) {
    auto found = open.evaluations.find(round);
    if (found == open.evaluations.end() || over || !found->second.complete())
      return;
    tell(found->second.summary(round, now()));
    open.evaluations.erase(found);
    next_round();
  }

  // -- deadlines ---------------------------------------------------------------------------------

  void after_answer(phase_kind kind, uint64_t round) {
    kind == phase_kind::fit ? close_if_complete() : settle(round);
  }

  void mark_sent(open_phase& mine, client_id client) {
    if (mine.sent(client, now(), cfg.round_timeout))
      arm();
  }

  void sent(client_id client, phase_kind kind, uint64_t round) {
    if (auto* mine = open.find(kind, round))
      mark_sent(*mine, client);
  }

  // The one timer stands at the earliest open deadline; an older one finds its number outdated.
  void arm() {
    if (auto earliest = open.earliest_deadline())
      self->delayed_send(self, std::max(*earliest - now(), time_point::duration{0}),
                         atom::deadline_v, ++timer);
  }

  void ring(uint64_t which) {
    if (which != timer || over)
      return;
    for (auto [kind, round] : open.take_due(now()))
      expire(kind, round);
    arm();
  }

  void expire(phase_kind kind, uint64_t round) {
    auto& mine = *open.find(kind, round);
    auto why = make_error(ec::timeout, "no answer before the round's deadline");
    for (auto client : mine.book.awaited_clients()) {
      self->send(mine.members.at(client), atom::cancel_v, kind, round);
      note_failure({client, kind, round, why});
    }
    mine.book.close(render(why));
    after_answer(kind, round);
  }

  // -- the end of the run ------------------------------------------------------------------------

  void finish() {
    journal({"finished", closed, {}, encode_finished()}, [this] { end({}); });
  }

  // -- tools -------------------------------------------------------------------------------------

  template <class Next>
  void journal(const journal_entry& entry, Next next) {
    self->request(cast.journal, patience, atom::append_v, entry).then(next, fatal());
  }

  void tell(event::any what) { self->send(cast.reporter, std::move(what)); }

  time_point now() const { return self->clock().now(); }

  impl::stateful_pointer<round_coordinator_state> self;
  round_coordinator_config cfg;
  round_coordinator_cast cast;
  supervisor_actor boss;
  model_ref base;      // The newest global model.
  uint64_t closed = 0; // Its round.
  bool begun = false;
  bool sampling = false;                    // Or waiting for whom to sample.
  std::optional<event::fit_closed> closing; // While the average is made, stored, written down.
  open_phases open;
  std::set<uint64_t> unrecorded;
  uint64_t timer = 0;
  std::optional<run_outcome> over; // Set once: how the run ended.
};

impl::behavior_type round_coordinator(impl::stateful_pointer<round_coordinator_state> self,
                                      round_coordinator_config cfg, round_coordinator_cast cast) {
  self->state.base = cfg.genesis;
  self->state.cfg = std::move(cfg);
  self->state.cast = std::move(cast);
  return {
    [self](atom::start, const supervisor_actor& boss) { self->state.start(boss); },
    [self](atom::ready) { self->state.ready(); },
    [self](atom::failed, const caf::error& why) { self->state.end({why}); },
    [self](atom::sent, client_id client, phase_kind kind, uint64_t round) {
      self->state.sent(client, kind, round);
    },
    [self](const fit_res& res) { self->state.take(res); },
    [self](const evaluate_res& res) { self->state.take(res); },
    [self](atom::failed, const failure& what) { self->state.fail(what); },
    [self](atom::deadline, uint64_t which) { self->state.ring(which); },
  };
}

} // namespace

round_coordinator_actor spawn_round_coordinator(caf::actor_system& sys,
                                                round_coordinator_config cfg,
                                                round_coordinator_cast cast) {
  return sys.spawn(round_coordinator, std::move(cfg), std::move(cast));
}

} // namespace flwr
