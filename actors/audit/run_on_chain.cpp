#include "actors/audit/run_on_chain.hpp"

#include "actors/audit/chain_reader.hpp"
#include "actors/chain/address.hpp"

#include <algorithm>

namespace flwr {
namespace {

// -- the contract --------------------------------------------------------------------------------

/// The first log of the block that the contract says it was created in is its constructor's.
std::optional<mined_transaction> creation_of(const evidence& from, const run_on_chain& run,
                                             const inquiry& note) {
  auto logs = note.take("logs of the creation",
                        from.logs({run.contract, std::nullopt, run.start_block, run.start_block}));
  if (!logs)
    return std::nullopt;
  if (!logs->empty())
    return transaction_behind(from, run.chain_id, logs->front(), note);
  note.wrong("creation of the contract", "logs in block " + shown(run.start_block), "none");
  return std::nullopt;
}

bool read_terms(const evidence& from, const inquiry& note, run_on_chain& run) {
  auto creation = creation_of(from, run, note);
  if (!creation)
    return false;
  const auto& transaction = creation->what;
  if (transaction.fields.to)
    note.wrong("creation of the contract", "a transaction that creates",
               "a call of " + shown(*transaction.fields.to));
  auto created = create_address(transaction.sender, transaction.fields.nonce);
  if (!note.same("contract created by " + shown(transaction.hash), run.contract, created))
    return false;
  auto terms = note.take("contract", deployment_in(transaction.fields.data));
  if (terms)
    run.terms = *terms;
  return terms && note.nothing_wrong();
}

template <class Answer>
bool agrees(const evidence& from, const run_on_chain& run, const inquiry& note,
            const run_view<Answer>& view, const Answer& expected) {
  auto given = ask(from, run, note, view);
  return given && note.same("contract's " + std::string{view.signature}, expected, *given);
}

bool check_constants(const evidence& from, const run_on_chain& run, const inquiry& note) {
  return agrees(from, run, note, run_view_run, run.identity.run)
         && agrees(from, run, note, run_view_genesis, run.terms.genesis.digest)
         && agrees(from, run, note, run_view_description, run.terms.description.digest);
}

bool read_contract(const evidence& from, const inquiry& note, run_on_chain& run) {
  auto chain_id = note.take("chain id", from.chain_id());
  auto head = note.take("newest block", from.head());
  if (!chain_id || !head)
    return false;
  run.chain_id = *chain_id;
  run.head = head->block;
  auto start = ask(from, run, note, run_view_start_block);
  if (!start)
    return false;
  run.start_block = *start;
  if (!read_terms(from, note, run))
    return false;
  run.identity = identity_of(run.chain_id, run.contract, run.terms.genesis, run.terms.description,
                             run.terms.salt);
  return check_constants(from, run, note);
}

// -- its commits ---------------------------------------------------------------------------------

std::optional<placed_commit> commit_in(const placed_log& log, const inquiry& note) {
  auto event = note.take("log", run_event_in(log.what));
  auto commit = event ? std::get_if<round_committed>(&*event) : nullptr;
  if (event && !commit)
    note.wrong("log", "one of a commit", "another event's");
  return commit ? std::optional{placed_commit{*commit, log}} : std::nullopt;
}

/// The commits in a block, the last one that of `round`: each names the block of the one before.
/// What it leaves in `round` and `block` is where to go on.
bool read_block(const evidence& from, const inquiry& run_note, run_on_chain& run, uint64_t& round,
                uint64_t& block) {
  auto note = run_note.of(round);
  auto logs = note.take("commits in block " + shown(block),
                        from.logs({run.contract, round_committed_topic(), block, block}));
  if (!logs)
    return false;
  if (logs->empty()) {
    note.wrong("commit", "a log in block " + shown(block), "none");
    return false;
  }
  auto here = block;
  for (auto log = logs->rbegin(); log != logs->rend(); ++log, --round) {
    note = run_note.of(round);
    auto commit = commit_in(*log, note);
    if (!commit || !note.same("committed round", round, commit->event.what.round)
        || !note.same("log's emitter", run.contract, log->what.emitter)
        || !note.same("log's block", here, log->block.number))
      return false;
    block = commit->event.previous_block;
    run.commits.push_back(*commit);
    auto last = std::next(log) == logs->rend();
    if (!last && !note.same("block of the commit before", here, block))
      return false;
    if (last && round > 1 && block >= here) {
      note.wrong("block of the commit before", "one below " + shown(here), shown(block));
      return false;
    }
    if (!last && round == 1) {
      note.wrong("commits", "none before that of round 1", "one more in block " + shown(here));
      return false;
    }
  }
  return true;
}

bool walk_commits(const evidence& from, const inquiry& note, run_on_chain& run) {
  auto committed = ask(from, run, note, run_view_committed);
  auto last_block = ask(from, run, note, run_view_last_commit_block);
  if (!committed || !last_block)
    return false;
  auto block = *last_block;
  for (auto round = *committed; round > 0;)
    if (!read_block(from, note, run, round, block))
      return false;
  std::ranges::reverse(run.commits);
  return note.same("block before the first commit", run.start_block, block);
}

bool check_calldata(const signed_transaction& transaction, const placed_commit& commit,
                    const inquiry& note) {
  auto due = commit_round_calldata(commit.event.what);
  const auto& data = transaction.fields.data;
  // The contract takes what is longer, too.
  if (data.size() >= due.size() && std::equal(due.begin(), due.end(), data.begin()))
    return true;
  note.wrong("transaction's calldata", "the commit that its log tells", "another");
  return false;
}

} // namespace

const hash256& run_on_chain::model_after(uint64_t round) const {
  return round == 0 ? terms.genesis.digest : commits[round - 1].event.what.model;
}

content_id run_on_chain::model_id_after(uint64_t round) const {
  return {model_after(round), terms.genesis.encoding, 1};
}

bool read_run(const evidence& from, const address& contract, const inquiry& note,
              run_on_chain& run) {
  run.contract = contract;
  return read_contract(from, note, run) && walk_commits(from, note, run);
}

bool check_commit(const evidence& from, const run_on_chain& run, const placed_commit& commit,
                  const inquiry& note) {
  auto round = commit.event.what.round;
  auto mined = transaction_behind(from, run.chain_id, commit.log, note);
  if (!mined || !check_calldata(mined->what, commit, note))
    return false;
  auto state = ask(from, run, note, run_view_global_model, round + 1);
  return note.same("transaction's recipient", run.contract,
                   mined->what.fields.to.value_or(address{}))
         && note.same("transaction's sender", commit.event.aggregator, mined->what.sender) && state
         && note.same("committed model", *state, commit.event.what.model)
         && note.same("committed base", run.model_after(round - 1), commit.event.what.base);
}

bool check_head(const evidence& from, const run_on_chain& run, const inquiry& note) {
  auto what = "block " + shown(run.head.number);
  auto now = note.take(what, from.block(run.head.number));
  if (now && now->block == run.head)
    return true;
  if (now)
    note.failed(what, make_error(ec::missing, "another has taken its place; verify again"));
  return false;
}

std::optional<bool> is_trainer(const evidence& from, const run_on_chain& run, const address& who,
                               const inquiry& note) {
  return ask(from, run, note, run_view_is_trainer, who);
}

} // namespace flwr
