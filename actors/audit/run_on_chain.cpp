#include "actors/audit/run_on_chain.hpp"

#include "actors/audit/chain_reader.hpp"
#include "actors/audit/commit_walk.hpp"
#include "actors/chain/address.hpp"

#include <algorithm>

namespace flwr {
namespace {

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
  const auto& [transaction, receipt] = *creation;
  if (transaction.fields.to) {
    note.wrong("creation of the contract", "a transaction that creates",
               "a call of " + shown(*transaction.fields.to));
    return false;
  }
  auto created = create_address(transaction.sender, transaction.fields.nonce);
  if (!note.same("contract created by " + shown(transaction.hash), run.contract, created)
      || !note.same("receipt's contract", created, receipt.contract.value_or(address{})))
    return false;
  auto terms = note.take("contract", deployment_in(transaction.fields.data));
  if (terms)
    run.terms = *terms;
  return terms.has_value();
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

/// What has no code answers every call, with nothing.
bool is_there(const evidence& from, const run_on_chain& run, const inquiry& note) {
  auto answer = from.call({{}, run.contract, calldata_of(run_view_start_block), run.head.number});
  if (!answer || !answer->empty())
    return true;
  note.failed("contract", make_error(ec::missing, "no contract at " + shown(run.contract)
                                                    + " as of block " + shown(run.head.number)));
  return false;
}

bool read_contract(const evidence& from, const inquiry& note, run_on_chain& run) {
  auto chain_id = note.take("chain id", from.chain_id());
  auto head = note.take("newest block", from.head());
  if (!chain_id || !head)
    return false;
  run.chain_id = *chain_id;
  run.head = head->block;
  if (!is_there(from, run, note))
    return false;
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

std::optional<bool> is_trainer(const evidence& from, const run_on_chain& run, const address& who,
                               uint64_t block_number, const inquiry& note) {
  return ask_at(block_number, from, run, note, run_view_is_trainer, who);
}

} // namespace flwr
