#include "actors/trainer_pool.hpp"

#include "actors/runtime/ticket.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace flwr {
namespace {

using impl = trainer_pool_actor::extend<on<void, atom::release, uint64_t>>;

template <class Ins, class Res>
struct job {
  Ins ins;
  caf::typed_response_promise<Res> reply;
};

// Whose work, in which half of which round; nobody's: central evaluation.
struct job_key {
  std::optional<client_id> client;
  phase_kind half;
  uint64_t round;

  friend bool operator==(const job_key&, const job_key&) = default;
};

job_key key_of(const fit_ins& ins) { return {ins.client, phase_kind::fit, ins.round}; }
job_key key_of(const evaluate_ins& ins) { return {ins.client, phase_kind::evaluate, ins.round}; }

struct running_job {
  trainer_actor trainer;
  std::stop_source stop;
  job_key what;
};

struct trainer_pool_state {
  static inline const char* name = "flwr.trainer-pool";

  explicit trainer_pool_state(impl::stateful_pointer<trainer_pool_state> self) : self(self) {}

  caf::result<fit_res> fit(const fit_ins& ins) {
    auto reply = self->make_response_promise<fit_res>();
    fits.push_back({ins, reply});
    dispatch();
    return reply;
  }

  caf::result<evaluate_res> evaluate(const evaluate_ins& ins) {
    auto reply = self->make_response_promise<evaluate_res>();
    evaluations.push_back({ins, reply});
    dispatch();
    return reply;
  }

  void dispatch() {
    while (!idle.empty() && !ending) {
      if (!evaluations.empty())
        start_evaluation();
      else if (!fits.empty() && has_room(inbound_bytes, inbound_used, size_of(fits.front())))
        start_fit();
      else
        return;
    }
  }

  static uint64_t size_of(const job<fit_ins, fit_res>& what) {
    return what.ins.base.tensors->file->size();
  }

  void start_evaluation() {
    auto next = std::move(evaluations.front());
    evaluations.pop_front();
    auto& mine = assign(key_of(next.ins));
    self->request(mine.trainer, caf::infinite, atom::evaluate_v, next.ins, mine.stop.get_token())
      .then([=, this, reply = next.reply,
             key = last_key](const evaluate_res& res) { finish(key, reply, res); },
            [=, this, reply = next.reply, key = last_key](const caf::error& err) {
              finish(key, reply, err);
            });
  }

  void start_fit() {
    auto size_bytes = size_of(fits.front());
    auto next = std::move(fits.front());
    fits.pop_front();
    inbound_used += size_bytes;
    auto share = make_ticket(impl{self}, size_bytes);
    auto& mine = assign(key_of(next.ins));
    self->request(mine.trainer, caf::infinite, atom::fit_v, next.ins, mine.stop.get_token())
      .then(
        [=, this, reply = next.reply, key = last_key](fit_res res) {
          res.ticket = share;
          finish(key, reply, std::move(res));
        },
        [=, this, reply = next.reply, key = last_key](const caf::error& err) {
          finish(key, reply, err);
        });
  }

  running_job& assign(const job_key& what) {
    auto& mine = running[++last_key];
    mine.trainer = std::move(idle.back());
    mine.what = what;
    idle.pop_back();
    return mine;
  }

  template <class Res, class Outcome>
  void finish(uint64_t key, caf::typed_response_promise<Res> reply, Outcome outcome) {
    idle.push_back(running.extract(key).mapped().trainer);
    reply.deliver(std::move(outcome));
    dispatch();
  }

  void cancel(const job_key& what) {
    for (auto& [key, job] : running)
      if (job.what == what)
        job.stop.request_stop();
    withdraw(fits, what);
    withdraw(evaluations, what);
  }

  template <class Queue>
  void withdraw(Queue& queue, const job_key& what) {
    for (auto& job : queue)
      if (key_of(job.ins) == what)
        job.reply.deliver(make_error(ec::stopped, "the round is over"));
    std::erase_if(queue, [&](const auto& job) { return key_of(job.ins) == what; });
  }

  void release(uint64_t size_bytes) {
    inbound_used -= size_bytes;
    dispatch();
  }

  void leave(const caf::error& why) {
    if (ending)
      return;
    ending = why;
    refuse(fits);
    refuse(evaluations);
    for (auto& [key, job] : running)
      job.stop.request_stop();
    for (auto& trainer : trainers)
      self->send_exit(trainer, caf::exit_reason::user_shutdown);
  }

  template <class Queue>
  void refuse(Queue& queue) {
    for (auto& job : std::exchange(queue, {}))
      job.reply.deliver(make_error(ec::stopped, "the run is ending"));
  }

  // A trainer that dies before it is told to has broken its contract: so has the pool.
  void trainer_down(const caf::down_msg& msg) {
    std::erase_if(trainers, [&](auto& trainer) { return trainer.address() == msg.source; });
    if (!ending)
      leave(msg.reason);
    if (trainers.empty())
      self->quit(ending.value());
  }

  impl::stateful_pointer<trainer_pool_state> self;
  std::vector<trainer_actor> trainers, idle;
  std::deque<job<fit_ins, fit_res>> fits;
  std::deque<job<evaluate_ins, evaluate_res>> evaluations;
  std::unordered_map<uint64_t, running_job> running;
  uint64_t last_key = 0;
  uint64_t inbound_bytes = 0, inbound_used = 0;
  std::optional<caf::error> ending;
};

impl::behavior_type trainer_pool(impl::stateful_pointer<trainer_pool_state> self,
                                 trainer_pool_config cfg) {
  auto& state = self->state;
  state.trainers = cfg.trainers;
  state.idle = std::move(cfg.trainers);
  state.inbound_bytes = cfg.inbound_bytes;
  for (auto& trainer : state.trainers)
    self->monitor(trainer);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.trainer_down(msg); });
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::fit, const fit_ins& ins) { return self->state.fit(ins); },
    [self](atom::evaluate, const evaluate_ins& ins) { return self->state.evaluate(ins); },
    [self](atom::cancel, client_id client, phase_kind half, uint64_t round) {
      self->state.cancel({client, half, round});
    },
    [self](atom::release, uint64_t size_bytes) { self->state.release(size_bytes); },
  };
}

} // namespace

trainer_pool_actor spawn_trainer_pool(caf::actor_system& sys, trainer_pool_config cfg) {
  return sys.spawn(trainer_pool, std::move(cfg));
}

} // namespace flwr
