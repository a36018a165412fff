#include "actors/recorder.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/audit/manifest.hpp"
#include "actors/chain/address.hpp"
#include "actors/runtime/pending.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

// For helpers that answer on their own: longer than their retry budgets. A confirmation may take
// long on a public chain; TX SENDER and CHAIN WATCHER know how long.
constexpr auto patience = 5min;
constexpr auto confirmation_patience = 1440min; // A day.

// Gas limits with room to spare over the measured costs (tests/vectors/federated-run.json): an
// estimate of round r + 1 would revert while r is pending.
constexpr uint64_t deployment_gas = 2'000'000;
constexpr uint64_t commit_gas = 100'000;
constexpr uint64_t trainers_gas = 60'000;
constexpr uint64_t trainer_gas = 27'000; // Each.

struct job {
  round_record what;
  std::optional<content_id> manifest; // Once it and all that it names are durable.
};

std::vector<content_id> contents_of(const round_record& what, const content_id& manifest) {
  std::vector<content_id> ids;
  for (auto& [client, outcome] : what.invited)
    if (auto* update = std::get_if<counted>(&outcome))
      ids.push_back(update->model);
  ids.push_back(what.model);
  ids.push_back(manifest);
  return ids;
}

// A plain Flower client has no key, and the contract takes no zero address.
bool is_signed(const counted& update) { return update.signer != address{}; }

expected<round_commitment> commitment_of(const run_identity& run, const round_record& what,
                                         const content_id& manifest) {
  auto root = updates_root(run, what);
  if (!root)
    return root.error();
  return round_commitment{.round = what.round,
                          .base = what.base.digest,
                          .updates_root = *root,
                          .updates = counted_updates(what),
                          .manifest = manifest,
                          .model = what.model.digest};
}

struct recorder_state {
  static inline const char* name = "flwr.recorder";

  explicit recorder_state(recorder_actor::stateful_pointer<recorder_state> self) : self(self) {}

  auto submit(const tx_request& what) {
    return self->request(cfg.ledger->sender, confirmation_patience, atom::submit_v, what);
  }

  // A round that isn't recorded can't be followed by another.
  void give_up(uint64_t key, const caf::error& err) {
    trouble = err;
    owed.settle(key, err);
    for (auto& [other, round] : std::exchange(jobs, {}))
      owed.settle(other, err);
  }

  auto fail(uint64_t key) {
    return [=, this](const caf::error& err) { give_up(key, err); };
  }

  // -- the contract ------------------------------------------------------------------------------

  caf::result<void> begin() {
    if (!cfg.ledger)
      return caf::unit;
    auto reply = self->make_response_promise<void>();
    auto key = deploying.add(reply);
    submit({.to = {},
            .data = deployment_data(cfg.ledger->terms),
            .gas_limit = deployment_gas,
            .purpose = "deployment of the contract"})
      .then([=, this](const receipt& done) { deploying.settle(key, judge(done)); },
            [=, this](const caf::error& err) { deploying.settle(key, err); });
    return reply;
  }

  expected<void> judge(const receipt& done) const {
    if (done.contract == cfg.ledger->contract)
      return caf::unit;
    return make_error(
      ec::rejected, "the contract is at " + (done.contract ? to_text(*done.contract) : "no address")
                      + ", but the run id says " + to_text(cfg.ledger->contract)
                      + ": somebody else uses the server's account; give it one of its own");
  }

  // -- a round -----------------------------------------------------------------------------------

  caf::result<recorded> record(const round_record& what) {
    auto reply = self->make_response_promise<recorded>();
    auto key = owed.add(reply);
    auto text = encode_manifest(cfg.run.run, what);
    if (!text || trouble) {
      give_up(key, trouble ? *trouble : text.error());
      return reply;
    }
    jobs.emplace(key, job{what, {}});
    self
      ->request(uploader, patience, atom::upload_v,
                std::make_shared<const bytes>(text->begin(), text->end()))
      .then([=, this](const content_id& manifest) { pin(key, manifest); }, fail(key));
    return reply;
  }

  // Nothing may be on record that isn't on disk.
  void pin(uint64_t key, const content_id& manifest) {
    if (trouble)
      return;
    self->request(uploader, patience, atom::pin_v, contents_of(jobs.at(key).what, manifest))
      .then([=, this] { prepared(key, manifest); }, fail(key));
  }

  void prepared(uint64_t key, const content_id& manifest) {
    if (trouble)
      return;
    jobs.at(key).manifest = manifest;
    commit_next();
  }

  // In the order of the rounds, which is that of the keys: the contract skips none.
  void commit_next() {
    if (committing || trouble || jobs.empty() || !jobs.begin()->second.manifest)
      return;
    committing = true;
    auto& [key, round] = *jobs.begin();
    cfg.ledger ? add_trainers(key, strangers_in(round.what))
               : committed(key, {.round = round.what.round, .transaction = {}, .gas_used = {}});
  }

  std::vector<address> strangers_in(const round_record& what) const {
    std::vector<address> strangers;
    for (auto& [client, outcome] : what.invited)
      if (auto* update = std::get_if<counted>(&outcome);
          update && is_signed(*update) && !trainers.contains(update->signer))
        strangers.push_back(update->signer);
    return strangers;
  }

  // Nobody is counted before the contract knows him.
  void add_trainers(uint64_t key, std::vector<address> left) {
    if (left.empty())
      return commit(key);
    auto some = std::span{left}.first(std::min(trainers_per_call, left.size()));
    auto data = add_trainers_calldata(some);
    if (!data)
      return give_up(key, data.error());
    submit({.to = cfg.ledger->contract,
            .data = *data,
            .gas_limit = trainers_gas + trainer_gas * some.size(),
            .purpose = "addition of " + std::to_string(some.size()) + " trainers"})
      .then(
        [=, this, count = some.size()](const receipt&) {
          trainers.insert(left.begin(), left.begin() + static_cast<ptrdiff_t>(count));
          add_trainers(key, {left.begin() + static_cast<ptrdiff_t>(count), left.end()});
        },
        fail(key));
  }

  // The next round needn't wait until this one is confirmed.
  void commit(uint64_t key) {
    auto& round = jobs.at(key);
    auto what = commitment_of(cfg.run, round.what, *round.manifest);
    if (!what)
      return give_up(key, what.error());
    submit({.to = cfg.ledger->contract,
            .data = commit_round_calldata(*what),
            .gas_limit = commit_gas,
            .purpose = "commit of round " + std::to_string(round.what.round)})
      .then(
        [=, this, number = round.what.round](const receipt& done) {
          write_down(key, {number, done.transaction, done.gas_used, done.block.number});
        },
        fail(key));
    sent(key);
  }

  void committed(uint64_t key, const recorded& where) {
    write_down(key, where);
    sent(key);
  }

  void sent(uint64_t key) {
    jobs.erase(key);
    committing = false;
    commit_next();
  }

  void write_down(uint64_t key, const recorded& where) {
    self
      ->request(journal, patience, atom::append_v,
                journal_entry{"recorded", where.round, {}, encode_recorded(where)})
      .then([=, this] { owed.settle(key, where); }, fail(key));
  }

  void leave(const caf::error& why) {
    deploying.fail_all(why);
    owed.fail_all(why);
    self->quit(why);
  }

  recorder_actor::stateful_pointer<recorder_state> self;
  recorder_config cfg;
  ipfs_uploader_actor uploader;
  journal_actor journal;
  pending<void> deploying;
  pending<recorded> owed;
  std::map<uint64_t, job> jobs; // By the key of what is owed for it.
  bool committing = false;      // The first job is on its way to the TX SENDER.
  std::set<address> trainers;   // Whom the contract knows.
  std::optional<caf::error> trouble;
};

recorder_actor::behavior_type recorder(recorder_actor::stateful_pointer<recorder_state> self,
                                       recorder_config cfg, ipfs_uploader_actor uploader,
                                       journal_actor journal) {
  self->state.cfg = std::move(cfg);
  self->state.uploader = std::move(uploader);
  self->state.journal = std::move(journal);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::begin) { return self->state.begin(); },
    [self](atom::record, const round_record& what) { return self->state.record(what); },
  };
}

} // namespace

recorder_actor spawn_recorder(caf::actor_system& sys, recorder_config cfg,
                              ipfs_uploader_actor uploader, journal_actor journal) {
  return sys.spawn(recorder, std::move(cfg), std::move(uploader), std::move(journal));
}

} // namespace flwr
