#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/audit/inquiry.hpp"
#include "actors/audit/run_on_chain.hpp"
#include "actors/chain/run_views.hpp"
#include "actors/chain/transaction.hpp"

namespace flwr {

/// What a view of the contract answers as of a block; nothing if that is noted.
template <class Answer, class... Arguments>
std::optional<Answer> ask_at(uint64_t block_number, const evidence& from, const run_on_chain& run,
                             const inquiry& note, const run_view<Answer>& view,
                             const Arguments&... arguments) {
  auto what = "contract's " + std::string{view.signature};
  auto returned =
    note.take(what, from.call({{}, run.contract, calldata_of(view, arguments...), block_number}));
  return returned ? note.take(what, answer_in(view, *returned)) : std::nullopt;
}

/// The same as of the run's block.
template <class Answer, class... Arguments>
std::optional<Answer> ask(const evidence& from, const run_on_chain& run, const inquiry& note,
                          const run_view<Answer>& view, const Arguments&... arguments) {
  return ask_at(run.head.number, from, run, note, view, arguments...);
}

/// A transaction and what became of it.
struct mined_transaction {
  signed_transaction what;
  flwr::receipt receipt;
};

/// The transaction that wrote a log, if log, block, receipt and signed bytes all agree.
std::optional<mined_transaction> transaction_behind(const evidence&, uint64_t chain_id,
                                                    const placed_log&, const inquiry&);

} // namespace flwr
