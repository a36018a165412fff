#include "actors/audit/watch_book.hpp"

#include "actors/ipfs/content_id.hpp"
#include "messages/client_names.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

std::string of_round(uint64_t round) { return "round " + std::to_string(round) + ": "; }

bool is_the_same(const fit_res& mine, const counted& theirs) {
  return mine.model.id.digest == theirs.model.digest && mine.num_examples == theirs.num_examples
         && mine.metrics == theirs.metrics && mine.signer == theirs.signer
         && mine.signature == theirs.signature;
}

/// What the manifest says of a client's update, where it should say that it counts.
std::string objection_to(const final_outcome& said, const fit_res& mine) {
  if (auto* theirs = std::get_if<counted>(&said))
    return is_the_same(mine, *theirs) ? "" : "the manifest has another update than it signed";
  if (auto* theirs = std::get_if<refused>(&said))
    return "the manifest says that its update was refused: " + theirs->reason;
  return "it has signed an update, but the manifest says that none came: "
         + std::get<silent>(said).reason;
}

/// Whether the commit stands for this manifest.
std::string objection_to(const run_identity& run, const round_commitment& commit,
                         const manifest& what) {
  auto& record = what.record;
  if (what.run != run.run || record.round != commit.round)
    return "the manifest is another round's, or another run's";
  if (record.base.digest != commit.base || record.model.digest != commit.model)
    return "the manifest names other models than the commit";
  auto root = updates_root(run, record);
  if (counted_updates(record) != commit.updates || !root || *root != commit.updates_root)
    return "the commit counts other updates than the manifest";
  return {};
}

} // namespace

watch_book::watch_book(const run_identity& run, const content_id& genesis) : run_(run) {
  models_.emplace(0, genesis.digest);
}

watch_book::objections watch_book::compare(uint64_t round, client_id client,
                                           const content_id& model) const {
  if (models_.at(round) == model.digest)
    return {};
  return {of_round(round) + name_of(client) + " was given " + to_text(as_version_1(model))
          + " as the global model, which isn't the one "
          + (round == 0 ? "in the run's description" : "on the chain")};
}

watch_book::objections watch_book::given(client_id client, uint64_t round,
                                         const content_id& model) {
  if (models_.contains(round))
    return compare(round, client, model);
  rounds_[round].given[client] = model;
  return {};
}

void watch_book::signed_update(const fit_res& update) {
  if (update.round > checked_)
    rounds_[update.round].updates[update.client] = update;
}

watch_book::objections watch_book::committed(const round_commitment& commit) {
  models_[commit.round] = commit.model;
  objections all;
  for (auto& [client, model] : std::exchange(rounds_[commit.round].given, {}))
    for (auto& objection : compare(commit.round, client, model))
      all.push_back(std::move(objection));
  if (rounds_[commit.round].updates.empty())
    rounds_.erase(commit.round);
  return all;
}

watch_book::objections watch_book::check(const round_commitment& commit, const manifest& what) {
  auto mine = rounds_.extract(commit.round);
  checked_ = std::max(checked_, commit.round);
  if (auto broken = objection_to(run_, commit, what); !broken.empty())
    return {of_round(commit.round) + broken};
  objections all;
  if (mine.empty())
    return all;
  for (auto& [client, update] : mine.mapped().updates) {
    auto said = what.record.invited.find(client);
    auto why = said == what.record.invited.end()
                 ? "it has signed an update, but the manifest doesn't name it"
                 : objection_to(said->second, update);
    if (!why.empty())
      all.push_back(of_round(commit.round) + name_of(client) + ": " + why);
  }
  return all;
}

void watch_book::give_up(uint64_t round) { rounds_.erase(round); }

std::vector<uint64_t> watch_book::unchecked() const {
  std::vector<uint64_t> all;
  for (auto& [number, round] : rounds_)
    if (!round.updates.empty())
      all.push_back(number);
  return all;
}

} // namespace flwr
