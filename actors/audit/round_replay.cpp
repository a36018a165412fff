#include "actors/audit/round_replay.hpp"

#include "actors/audit/chain_reader.hpp"
#include "actors/audit/checked_blob.hpp"
#include "actors/audit/manifest.hpp"
#include "actors/fl/exact_sum.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"

#include <new>

namespace flwr {
namespace {

class round_replayer {
public:
  round_replayer(const evidence& from, const run_on_chain& run, const run_plan& plan,
                 const round_commitment& commit, replayed_round& into, const inquiry& note)
    : from_(from), run_(run), plan_(plan), commit_(commit), into_(into), note_(note) {}

  void replay() {
    if (!read_manifest() || !check_entries() || !check_totals())
      return;
    look_for_submissions();
    if (commit_.updates > 0)
      average();
    else
      note_.same("model", run_.model_id_after(commit_.round - 1),
                 run_.model_id_after(commit_.round));
  }

private:
  bool read_manifest() {
    auto blob = checked_blob(from_, note_, "manifest", commit_.manifest,
                             max_manifest_bytes(plan_.what.clients), {&plan_.profile, 1});
    if (!blob)
      return false;
    auto read = note_.take(
      "manifest", decode_manifest({reinterpret_cast<const char*>(blob->data()), blob->size()}));
    if (!read)
      return false;
    record_ = std::move(read->record);
    return note_.same("manifest's run", run_.identity.run, read->run)
           && note_.same("manifest's round", commit_.round, record_.round)
           && note_.same("manifest's base", run_.model_id_after(commit_.round - 1),
                         as_version_1(record_.base))
           && note_.same("manifest's model", run_.model_id_after(commit_.round),
                         as_version_1(record_.model));
  }

  bool check_entries() {
    auto& invited = into_.invited.emplace();
    for (const auto& [client, outcome] : record_.invited) {
      auto note = note_.of(client);
      auto& signer = invited[client];
      if (static_cast<uint64_t>(client) >= plan_.what.clients)
        note.wrong("client id", "one below " + shown(plan_.what.clients),
                   shown(static_cast<uint64_t>(client)));
      if (auto update = std::get_if<counted>(&outcome)) {
        check_update(client, *update, note);
        signer = update->signer;
      } else if (std::holds_alternative<refused>(outcome)) {
        into_.report.refused.push_back(client);
      } else {
        into_.report.silent.push_back(client);
      }
    }
    return note_.nothing_wrong();
  }

  void check_update(client_id client, const counted& update, const inquiry& note) const {
    auto most = plan_.what.strategy.max_examples;
    if (update.num_examples < 1 || update.num_examples > most)
      note.wrong("num_examples", "1 ... " + std::to_string(most),
                 std::to_string(update.num_examples));
    auto statement =
      note.take("update", statement_of(run_.identity, record_.round, client, record_.base, update));
    if (!statement)
      return;
    auto signer = note.take("signature", signer_of(*statement, update.signature, run_.identity));
    if (signer)
      note.same("signature", update.signer, *signer);
  }

  bool check_totals() {
    auto root = note_.take("updates root", updates_root(run_.identity, record_));
    auto counted = counted_updates(record_);
    if (!root || !note_.same("number of updates", uint64_t{commit_.updates}, uint64_t{counted})
        || !note_.same("updates root", commit_.updates_root, *root))
      return false;
    auto failures = record_.invited.size() - counted;
    if (plan_.what.strategy.accept_failures || failures == 0 || counted == 0)
      return true;
    note_.wrong("number of updates", "0, because the strategy accepts no failure", shown(counted));
    return false;
  }

  void look_for_submissions() const {
    if (into_.report.refused.empty() && into_.report.silent.empty())
      return;
    auto who = ask(from_, run_, note_, run_view_submitters, commit_.round);
    into_.has_submissions = who && !who->empty();
  }

  void average() const {
    exact_sum sum{plan_.what.model.layout, plan_.what.strategy.max_examples};
    bool complete = true;
    for (const auto& [client, outcome] : record_.invited)
      if (auto update = std::get_if<counted>(&outcome))
        complete &= add_update(client, *update, sum);
    auto model = complete ? note_.take("average", sum.finish()) : std::nullopt;
    if (model)
      check_model(*(*model)->file);
  }

  bool add_update(client_id client, const counted& update, exact_sum& sum) const {
    auto note = note_.of(client);
    const auto& layout = plan_.what.model.layout;
    auto blob =
      checked_blob(from_, note, "update", update.model, layout->file_bytes, {&plan_.profile, 1});
    auto model = blob ? note.take("update", parameters_from(layout, blob)) : std::nullopt;
    if (!model)
      return false;
    auto added = sum.add(**model, update.num_examples);
    if (!added)
      note.failed("update", added.error());
    return bool(added);
  }

  /// The recomputed model has to be the committed one, and the stored one too.
  void check_model(const bytes& average) const {
    auto committed = run_.model_id_after(commit_.round);
    auto given = as_version_1(content_id_of(average, plan_.profile));
    if (note_.same("average of the updates", committed, given))
      checked_blob(from_, note_, "model", committed, average.size(), {&plan_.profile, 1});
  }

  const evidence& from_;
  const run_on_chain& run_;
  const run_plan& plan_;
  const round_commitment& commit_;
  replayed_round& into_;
  inquiry note_;
  round_record record_;
};

} // namespace

uint64_t round_bytes(const layout& model) {
  uint64_t elements = 0;
  for (const auto& tensor : model.tensors)
    elements += tensor.size_bytes / size_of(tensor.type);
  return 2 * model.file_bytes + 16 * elements;
}

replayed_round replay_round(const evidence& from, const run_on_chain& run, const run_plan& plan,
                            const placed_commit& commit) {
  const auto& what = commit.event.what;
  replayed_round into;
  into.report.round = what.round;
  into.report.model = run.model_id_after(what.round);
  into.report.updates = what.updates;
  into.report.transaction = commit.log.transaction;
  into.report.block_number = commit.log.block.number;
  into.report.aggregator = commit.event.aggregator;
  auto note = inquiry{into.report.findings}.of(what.round);
  try {
    if (check_commit(from, run, commit, note))
      round_replayer{from, run, plan, what, into, note}.replay();
  } catch (const std::bad_alloc&) {
    note.failed("memory", make_error(ec::missing, "there isn't enough to check the round"));
  }
  return into;
}

} // namespace flwr
