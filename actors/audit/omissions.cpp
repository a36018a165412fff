#include "actors/audit/omissions.hpp"

#include "actors/audit/chain_reader.hpp"
#include "actors/audit/checked_blob.hpp"
#include "actors/fl/exact_sum.hpp"
#include "actors/ipfs/safetensors.hpp"

#include <algorithm>
#include <new>

namespace flwr {
namespace {

/// A submission and the log that says so.
struct placed_submission {
  update_submitted what;
  placed_log log;
};

class omission_judge {
public:
  omission_judge(const evidence& from, const run_on_chain& run, const run_plan& plan,
                 const incomplete_round& round)
    : from_(from), run_(run), plan_(plan), round_(round), commit_(run.commits[round.round - 1]) {}

  void judge(const std::map<address, client_id>& clients, const inquiry& note) const {
    auto of_round = note.of(round_.round);
    for (const auto& submitted : submissions()) {
      auto& who = submitted.what.trainer;
      auto client = clients.find(who);
      auto is_known = client != clients.end();
      auto is_invited = is_known ? round_.invited.contains(client->second) : is_everybody_invited();
      if (is_invited && !is_counted(who) && came_in_time(submitted.log)
          && can_be_counted(submitted.what.what))
        accuse(submitted, is_known ? of_round.of(client->second) : of_round);
    }
  }

private:
  bool is_counted(const address& who) const {
    return std::ranges::any_of(round_.invited,
                               [&](const auto& each) { return each.second == who; });
  }

  bool is_everybody_invited() const { return round_.invited.size() == plan_.what.clients; }

  /// What trainers' own transactions say, where log, receipt and signed bytes agree.
  std::vector<placed_submission> submissions() const {
    std::vector<placed_submission> found;
    auto logs = from_.logs(
      {run_.contract, update_submitted_topic(), first_block(), commit_.log.block.number});
    for (const auto& log : logs ? *logs : std::vector<placed_log>{}) {
      auto event = run_event_in(log.what);
      auto* said = event ? std::get_if<update_submitted>(&*event) : nullptr;
      if (said && said->what.round == round_.round && is_real(*said, log))
        found.push_back({*said, log});
    }
    return found;
  }

  /// Where a round's submissions begin: not before the commit that opened it.
  uint64_t first_block() const {
    auto opened_by = round_.round - std::min(round_.round, open_rounds);
    return opened_by == 0 ? run_.start_block : run_.commits[opened_by - 1].log.block.number;
  }

  bool is_real(const update_submitted& said, const placed_log& log) const {
    std::vector<finding> ignored;
    auto mined = transaction_behind(from_, run_.chain_id, log, inquiry{ignored});
    return mined && mined->what.sender == said.trainer && mined->what.fields.to == run_.contract
           && mined->what.fields.data == submit_update_calldata(said.what);
  }

  bool came_in_time(const placed_log& log) const {
    auto submitted = from_.block(log.block.number),
         committed = from_.block(commit_.log.block.number);
    return submitted && committed && submitted->block == log.block
           && submitted->block.number <= committed->block.number
           && submitted->timestamp <= committed->timestamp
           && (committed->block.number - submitted->block.number >= min_submission_blocks
               || committed->timestamp - submitted->timestamp >= min_submission_seconds);
  }

  bool can_be_counted(const update_submission& what) const {
    auto most = static_cast<uint64_t>(plan_.what.strategy.max_examples);
    if (what.base != run_.model_after(round_.round - 1) || what.num_examples < 1
        || what.num_examples > most)
      return false;
    std::vector<finding> ignored;
    const auto& layout = plan_.what.model.layout;
    auto blob =
      checked_blob(from_, inquiry{ignored}, "update", {what.model, run_.terms.genesis.encoding, 1},
                   layout->file_bytes, {&plan_.profile, 1});
    auto model = blob ? parameters_from(layout, blob) : expected<parameters_ptr>{ec::missing};
    exact_sum sum{layout, plan_.what.strategy.max_examples};
    return model && sum.add(**model, static_cast<int64_t>(what.num_examples));
  }

  void accuse(const placed_submission& submitted, const inquiry& note) const {
    note.wrong("update that " + shown(submitted.what.trainer) + " submitted in block "
                 + shown(submitted.log.block.number),
               "counted", "left out (censored)");
  }

  const evidence& from_;
  const run_on_chain& run_;
  const run_plan& plan_;
  const incomplete_round& round_;
  const placed_commit& commit_;
};

} // namespace

void judge_omissions(const evidence& from, const run_on_chain& run, const run_plan& plan,
                     const incomplete_round& round, const std::map<address, client_id>& clients,
                     const inquiry& note) {
  try {
    omission_judge{from, run, plan, round}.judge(clients, note);
  } catch (const std::bad_alloc&) {
    note.of(round.round)
      .failed("memory", make_error(ec::missing, "there isn't enough to judge who was left out"));
  }
}

} // namespace flwr
