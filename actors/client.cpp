#include "actors/client.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "actors/runtime/patience.hpp"
#include "actors/runtime/pending.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

// Longer than any retry budget of the storage actors, which answer on their own.
constexpr auto storage_patience = 5min;

struct client_state {
  static inline const char* name = "flwr.client";

  /// The fit that is being worked on, and who else waits for it.
  struct underway {
    uint64_t round;
    content_id base;
    std::vector<uint64_t> others;
  };

  explicit client_state(client_actor::stateful_pointer<client_state> self) : self(self) {}

  caf::result<fit_res> fit(const fit_ins& ins) {
    note_given(ins.round - 1, ins.base.id);
    if (kept && kept->round == ins.round && kept->base == ins.base.id)
      return again();
    if (now && now->round == ins.round && now->base == ins.base.id)
      return join_in();
    if (ins.round <= promised)
      return make_error(ec::rejected, "this client has an answer to round "
                                        + std::to_string(promised)
                                        + " already and signs no other one");
    promised = ins.round;
    auto reply = self->make_response_promise<fit_res>();
    auto key = fits.add(reply);
    now = underway{ins.round, ins.base.id, {}};
    with_tensors(
      ins.base,
      [=, this](parameters_ptr tensors) {
        auto full = ins;
        full.base.tensors = std::move(tensors);
        train(key, full);
      },
      [=, this, round = ins.round](const caf::error& err) { fail(key, round, err); });
    return reply;
  }

  // Asked again meanwhile, over a new connection perhaps: one work answers all.
  caf::result<fit_res> join_in() {
    auto reply = self->make_response_promise<fit_res>();
    now->others.push_back(fits.add(reply));
    return reply;
  }

  void settle(uint64_t key, const expected<fit_res>& outcome) {
    fits.settle(key, outcome);
    auto done = std::exchange(now, std::nullopt);
    if (done)
      for (auto other : done->others)
        fits.settle(other, outcome);
  }

  caf::result<fit_res> again() {
    if (!cfg.with_tensors)
      return *kept;
    auto reply = self->make_response_promise<fit_res>();
    auto key = fits.add(reply);
    with_tensors(
      kept->model,
      [=, this, res = *kept](parameters_ptr tensors) {
        auto full = res;
        full.model.tensors = std::move(tensors);
        fits.settle(key, std::move(full));
      },
      [=, this](const caf::error& err) { fits.settle(key, err); });
    return reply;
  }

  // Within a process models are what they are called.
  bool is_what_it_says(const model_ref& model) const {
    return !cfg.profile
           || as_version_1(content_id_of(*model.tensors->file, *cfg.profile))
                == as_version_1(model.id);
  }

  template <class Next, class Fail>
  void with_tensors(const model_ref& model, Next next, Fail fail) {
    if (model.tensors && !is_what_it_says(model))
      return fail(make_error(ec::corrupt, "the server sent another model than it names"));
    if (model.tensors)
      return next(model.tensors);
    auto most = cfg.layout->file_bytes;
    self->request(cfg.fetcher, patience_for(most, storage_patience), atom::fetch_v, model.id, most)
      .then(
        [=, this](const blob_ptr& file) {
          auto tensors = parameters_from(cfg.layout, file);
          tensors ? next(*tensors) : fail(tensors.error());
        },
        fail);
  }

  void train(uint64_t key, const fit_ins& ins) {
    self->request(cfg.trainers, caf::infinite, atom::fit_v, ins)
      .then([=, this](const fit_res& res) { store(key, res); },
            [=, this, round = ins.round](const caf::error& err) { fail(key, round, err); });
  }

  void store(uint64_t key, const fit_res& res) {
    auto& file = res.model.tensors->file;
    self->request(cfg.uploader, patience_for(file->size(), storage_patience), atom::upload_v, file)
      .then([=, this](const content_id& id) { answer(key, res, id); },
            [=, this, round = res.round](const caf::error& err) { fail(key, round, err); });
  }

  // Without an answer nothing is signed: the same round may be asked again.
  void fail(uint64_t key, uint64_t round, const caf::error& why) {
    if (promised == round)
      promised = round - 1;
    settle(key, why);
  }

  void answer(uint64_t key, fit_res res, const content_id& id) {
    res.client = cfg.id;
    res.signer = cfg.key->address();
    res.model.id = id;
    auto signature = sign_update(res, cfg.id, cfg.run, *cfg.key);
    if (!signature)
      return fail(key, res.round, signature.error());
    res.signature = *signature;
    kept = res;
    kept->model.tensors.reset();
    kept->ticket.reset();
    if (cfg.watchtower)
      self->send(cfg.watchtower, atom::fit_v, *kept);
    cfg.keeper ? keep(key, res) : settle(key, res);
  }

  void keep(uint64_t key, const fit_res& res) {
    self->request(cfg.keeper, storage_patience, atom::keep_v, cfg.id, *kept)
      .then([=, this] { settle(key, res); },
            [=, this](const caf::error& err) { settle(key, err); });
  }

  void note_given(uint64_t round, const content_id& model) {
    if (cfg.watchtower)
      self->send(cfg.watchtower, atom::given_v, cfg.id, round, model);
  }

  caf::result<evaluate_res> evaluate(const evaluate_ins& ins) {
    note_given(ins.round, ins.model.id);
    auto reply = self->make_response_promise<evaluate_res>();
    auto key = evaluations.add(reply);
    with_tensors(
      ins.model,
      [=, this](parameters_ptr tensors) {
        auto full = ins;
        full.model.tensors = std::move(tensors);
        test(key, full);
      },
      [=, this](const caf::error& err) { evaluations.settle(key, err); });
    return reply;
  }

  void test(uint64_t key, const evaluate_ins& ins) {
    self->request(cfg.trainers, caf::infinite, atom::evaluate_v, ins)
      .then([=, this](const evaluate_res& res) { evaluations.settle(key, res); },
            [=, this](const caf::error& err) { evaluations.settle(key, err); });
  }

  void leave(const caf::error& why) {
    fits.fail_all(why);
    evaluations.fail_all(why);
    self->quit(why);
  }

  client_actor::stateful_pointer<client_state> self;
  client_config cfg;
  std::optional<fit_res> kept; // Without the tensors: the store has them.
  std::optional<underway> now;
  uint64_t promised = 0; // The last round that was answered, or is being.
  pending<fit_res> fits;
  pending<evaluate_res> evaluations;
};

client_actor::behavior_type client(client_actor::stateful_pointer<client_state> self,
                                   client_config cfg) {
  self->state.kept = std::move(cfg.kept);
  if (self->state.kept)
    self->state.promised = self->state.kept->round;
  self->state.cfg = std::move(cfg);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::fit, const fit_ins& ins) { return self->state.fit(ins); },
    [self](atom::evaluate, const evaluate_ins& ins) { return self->state.evaluate(ins); },
    [self](atom::cancel, phase_kind half, uint64_t round) {
      self->send(self->state.cfg.trainers, atom::cancel_v, self->state.cfg.id, half, round);
    },
  };
}

} // namespace

client_actor spawn_client(caf::actor_system& sys, client_config cfg) {
  return sys.spawn(client, std::move(cfg));
}

} // namespace flwr
