#include "actors/client_proxy.hpp"

#include "actors/audit/manifest.hpp"
#include "actors/chain/address.hpp"
#include "messages/client_names.hpp"

#include <cmath>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace flwr {
namespace {

using impl = client_proxy_actor::extend<on<void, atom::deadline, uint64_t>>;

constexpr uint32_t max_returns =
  20; // A poor line may well break now and then while a client trains.

struct instruction {
  std::variant<fit_ins, evaluate_ins> what;
  round_coordinator_actor from;
  bool wanted = true;     // Until the round is over.
  bool announced = false; // Whether `sent` was told.
  uint32_t returns = 0;   // Of the client, to which it went out again.

  phase_kind half() const { return what.index() == 0 ? phase_kind::fit : phase_kind::evaluate; }
  uint64_t round() const {
    return std::visit([](const auto& ins) { return ins.round; }, what);
  }
  bool is(phase_kind half_wanted, uint64_t round_wanted) const {
    return half() == half_wanted && round() == round_wanted;
  }
};

template <class Ins, class Res>
caf::error judge_common(const Res& res, const Ins& ins, const client_proxy_config& cfg) {
  if (res.round != ins.round)
    return make_error(ec::rejected, "answered to round " + std::to_string(res.round) + " in round "
                                      + std::to_string(ins.round));
  if (res.num_examples < 1 || res.num_examples > cfg.max_examples)
    return make_error(ec::rejected, "num_examples is " + std::to_string(res.num_examples)
                                      + ", allowed are 1 to " + std::to_string(cfg.max_examples));
  return {};
}

caf::error judge_signer(const fit_res& res, const client_proxy_config& cfg) {
  auto signer = signer_of(res, cfg.id, cfg.run);
  if (!signer)
    return signer.error();
  if (*signer != *cfg.key)
    return make_error(ec::rejected, "the update is signed by " + to_text(*signer) + ", but "
                                      + name_of(cfg.id) + " is " + to_text(*cfg.key));
  return {};
}

// What the manifest must hold, and whose word it is.
caf::error judge_entry(const fit_res& res, const client_proxy_config& cfg) {
  if (cfg.key)
    if (auto problem = judge_signer(res, cfg))
      return problem;
  auto fits = fits_manifest({.model = res.model.id,
                             .num_examples = res.num_examples,
                             .loss = 0,
                             .metrics = res.metrics,
                             .signer = cfg.key.value_or(address{}),
                             .signature = cfg.key ? res.signature : signature_bytes{}},
                            cfg.id);
  return fits ? caf::error{} : fits.error();
}

caf::error judge(const fit_res& res, const fit_ins& ins, const client_proxy_config& cfg) {
  if (res.base != ins.base.id)
    return make_error(ec::rejected, "trained from another model than the round's");
  if (auto problem = judge_common(res, ins, cfg))
    return problem;
  return judge_entry(res, cfg);
}

caf::error judge(const evaluate_res& res, const evaluate_ins& ins, const client_proxy_config& cfg) {
  if (auto problem = judge_common(res, ins, cfg))
    return problem;
  if (std::isfinite(res.loss))
    return {};
  auto value = std::isnan(res.loss) ? "nan" : res.loss > 0 ? "inf" : "-inf";
  return make_error(ec::rejected, name_of(cfg.id) + " says that its loss is " + value
                                    + ", which would spoil the average of all");
}

void stamp(fit_res& res, const client_proxy_config& cfg) {
  res.client = cfg.id;
  res.signer = cfg.key.value_or(address{});
  if (!cfg.key)
    res.signature = {};
}

void stamp(evaluate_res& res, const client_proxy_config& cfg) { res.client = cfg.id; }

struct client_proxy_state {
  static inline const char* name = "flwr.client-proxy";

  explicit client_proxy_state(impl::stateful_pointer<client_proxy_state> self) : self(self) {}

  template <class Ins>
  void instruct(const Ins& ins) {
    auto from = caf::actor_cast<round_coordinator_actor>(self->current_sender());
    queue.push_back({.what = ins, .from = std::move(from)});
    if (given_up)
      return fail_all(make_error(ec::unreachable, "the client is gone"));
    next();
  }

  void next() {
    if (queue.empty() || !endpoint)
      return;
    if (out && !out->wanted) // Who is late with a closed round is late with this one, too.
      return announce(queue.front());
    if (out)
      return;
    out = std::move(queue.front());
    queue.pop_front();
    announce(*out);
    transmit();
  }

  void announce(instruction& which) {
    if (!std::exchange(which.announced, true))
      self->send(which.from, atom::sent_v, cfg.id, which.half(), which.round());
  }

  void transmit() {
    std::visit([this](const auto& ins) { transmit(ins); }, out->what);
  }

  void transmit(const fit_ins& ins) {
    auto key = ++attempt;
    self->request(endpoint, caf::infinite, atom::fit_v, ins)
      .then([=, this](const fit_res& res) { answer<fit_ins>(key, res); },
            [=, this](const caf::error& err) { refuse(key, err); });
  }

  void transmit(const evaluate_ins& ins) {
    auto key = ++attempt;
    self->request(endpoint, caf::infinite, atom::evaluate_v, ins)
      .then([=, this](const evaluate_res& res) { answer<evaluate_ins>(key, res); },
            [=, this](const caf::error& err) { refuse(key, err); });
  }

  template <class Ins, class Res>
  void answer(uint64_t key, Res res) {
    if (key != attempt || !out)
      return;
    stamp(res, cfg);
    if (auto problem = judge(res, std::get<Ins>(out->what), cfg))
      tell_failed(*out, problem);
    else if (out->wanted)
      self->send(out->from, std::move(res));
    proceed();
  }

  void refuse(uint64_t key, const caf::error& err) {
    if (key != attempt || !out)
      return;
    if (code_of(err) == ec::unreachable)
      return lose();
    tell_failed(*out, err);
    proceed();
  }

  void proceed() {
    out.reset();
    next();
  }

  void tell_failed(const instruction& which, const caf::error& why) {
    if (which.wanted)
      self->send(which.from, atom::failed_v, failure{cfg.id, which.half(), which.round(), why});
  }

  void cancel(phase_kind half, uint64_t round) {
    std::erase_if(queue, [=](const auto& waiting) { return waiting.is(half, round); });
    if (out && out->is(half, round)) {
      out->wanted = false;
      if (endpoint)
        self->send(endpoint, atom::cancel_v, half, round);
    }
    next();
  }

  void join(const client_actor& client) {
    replace(client);
    self->monitor(endpoint);
    given_up = false;
    ++absence;
    if (cfg.manager)
      self->send(cfg.manager, atom::joined_v, cfg.id);
    if (!out)
      return next();
    ++out->returns;
    transmit();
  }

  // The one before may be dead without our knowing it; if it isn't, it has to know.
  void replace(const client_actor& client) {
    auto before = std::exchange(endpoint, client);
    if (!before)
      return;
    note_miss();
    self->demonitor(before.address());
    if (before != client)
      self->send_exit(before, make_error(ec::rejected, "another connection of this client has "
                                                       "taken its place"));
  }

  void lose() {
    if (!endpoint)
      return;
    self->demonitor(endpoint.address());
    endpoint = nullptr;
    ++attempt; // What the lost connection may still say isn't heard.
    ++absence;
    note_miss();
    if (cfg.manager)
      self->send(cfg.manager, atom::left_v, cfg.id);
    if (cfg.rejoin_grace.count() == 0)
      return give_up(absence);
    self->delayed_send(self, cfg.rejoin_grace, atom::deadline_v, absence);
  }

  // Else a client that comes and goes could keep a round without a deadline open for ever.
  void note_miss() {
    if (!out || out->returns < max_returns)
      return;
    tell_failed(*out,
                make_error(ec::unreachable,
                           name_of(cfg.id) + " came back " + std::to_string(max_returns)
                             + " times without an answer to "
                             + (out->half() == phase_kind::fit ? "fit_round " : "evaluate_round ")
                             + std::to_string(out->round())));
    out.reset();
  }

  void give_up(uint64_t which) {
    if (which != absence)
      return;
    given_up = true;
    fail_all(make_error(ec::unreachable, "the client is gone and did not come back"));
  }

  void fail_all(const caf::error& why) {
    if (out)
      tell_failed(*std::exchange(out, {}), why);
    for (auto& waiting : std::exchange(queue, {}))
      tell_failed(waiting, why);
  }

  void leave(const caf::error& why) {
    fail_all(why == caf::exit_reason::user_shutdown ? make_error(ec::stopped, "the run is ending")
                                                    : why);
    if (endpoint)
      self->send_exit(endpoint, why);
    self->quit(why);
  }

  impl::stateful_pointer<client_proxy_state> self;
  client_proxy_config cfg;
  client_actor endpoint;
  std::deque<instruction> queue;
  std::optional<instruction> out;
  uint64_t attempt = 0; // Of the transmissions; answers to older ones are void.
  uint64_t absence = 0; // Of the client; older timers are void.
  bool given_up = false;
};

impl::behavior_type client_proxy(impl::stateful_pointer<client_proxy_state> self,
                                 const client_proxy_config& cfg) {
  self->state.cfg = cfg;
  self->set_down_handler([self](const caf::down_msg& msg) {
    if (self->state.endpoint && msg.source == self->state.endpoint.address())
      self->state.lose();
  });
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::fit, const fit_ins& ins) { self->state.instruct(ins); },
    [self](atom::evaluate, const evaluate_ins& ins) { self->state.instruct(ins); },
    [self](atom::cancel, phase_kind half, uint64_t round) { self->state.cancel(half, round); },
    [self](atom::joined, const client_actor& client) { self->state.join(client); },
    [self](atom::deadline, uint64_t absence) { self->state.give_up(absence); },
  };
}

} // namespace

client_proxy_actor spawn_client_proxy(caf::actor_system& sys, const client_proxy_config& cfg) {
  return sys.spawn(client_proxy, cfg);
}

} // namespace flwr
