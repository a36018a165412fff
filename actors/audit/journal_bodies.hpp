/// The bodies of a run's journal entries: canonical JSON. docs/formats.md lists them.
#pragma once

#include "messages/journal.hpp"
#include "messages/rounds.hpp"

#include <vector>

namespace flwr {

/// Kind `cohort`: who is asked in a phase of the entry's round.
struct cohort_body {
  phase_kind phase = phase_kind::fit;
  std::vector<client_id> clients; ///< Ascending.

  friend bool operator==(const cohort_body&, const cohort_body&) = default;
};

/// Kind `answer`: what became of the entry's client in a phase of the entry's round.
struct answer_body {
  phase_kind phase = phase_kind::fit;
  final_outcome outcome; ///< `counted` only of a fit.
};

/// Kind `closed`: the entry's round has its global model.
struct closed_body {
  content_id model;
  uint64_t updates = 0;  ///< Counted ones: 0 if the round kept its base model.
  uint64_t failures = 0; ///< Refused or silent.

  friend bool operator==(const closed_body&, const closed_body&) = default;
};

/// Kind `transaction`: one that was signed, before it is sent.
struct transaction_body {
  uint64_t nonce = 0;
  tx_hash hash{};
  bytes raw;           ///< What the CHAIN takes.
  std::string purpose; ///< For people.

  friend bool operator==(const transaction_body&, const transaction_body&) = default;
};

/// @param clients  In any order.
bytes encode_cohort(phase_kind phase, const std::vector<client_id>& clients);

/// A counted answer to a fit. Every byte beyond ASCII in the metrics becomes '?'.
bytes encode_answer(const fit_res& res);

/// A refused answer (its error is `rejected` or `corrupt`) or, for any other error, a missing one.
/// The reason is the error's words, as `reason_text` has them.
bytes encode_refusal(const failure& what);

/// Kind `bound`: from now on the entry's client is whoever has the key of this address.
bytes encode_bound(const address& who);

/// Every byte beyond ASCII in the purpose becomes '?'.
bytes encode_transaction(const transaction_body& what);

bytes encode_closed(const closed_body& what);

/// Kind `recorded`: where the round stands for good; an empty object without a chain.
bytes encode_recorded(const recorded& what);

/// Kind `finished`: the run is over, and all of it was done.
bytes encode_finished();

/// The bodies of entries that a journal gave back. Pure; any thread.
/// @errors  corrupt -- another kind, not what `encode_...` writes, or (of `answer` and `bound`) no
///          client. The words name the entry and the key.
expected<cohort_body> decode_cohort(const journal_entry& entry);
expected<answer_body> decode_answer(const journal_entry& entry);
expected<closed_body> decode_closed(const journal_entry& entry);
expected<recorded> decode_recorded(const journal_entry& entry);
expected<address> decode_bound(const journal_entry& entry);
expected<transaction_body> decode_transaction(const journal_entry& entry);
expected<void> decode_finished(const journal_entry& entry);

} // namespace flwr
