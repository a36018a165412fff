/// What a node answered, read strictly. All pure; any thread.
#pragma once

#include "actors/chain/transaction.hpp"
#include "messages/ledger.hpp"

#include <boost/json/fwd.hpp>

#include <optional>

namespace flwr::eth {

/// Errors of all: corrupt -- the answer isn't in the API's form, or contradicts the question.

expected<uint64_t> number_answer(const boost::json::value&);
expected<u256> quantity_answer(const boost::json::value&);
expected<bytes> data_answer(const boost::json::value&);

/// @errors  missing besides -- null: there is no such block.
expected<block_facts> block_answer(const boost::json::value&);

/// Nothing for null, or while it is in no block.
expected<std::optional<receipt>> receipt_answer(const boost::json::value&, const tx_hash& asked);

/// The signed bytes are put together again from the fields, and have to hash to what was asked for.
expected<std::optional<placed_transaction>> transaction_answer(const boost::json::value&,
                                                               const tx_hash& asked);

/// In order, of the asked emitter, topic and blocks.
expected<std::vector<placed_log>> logs_answer(const boost::json::value&, const log_query& asked);

} // namespace flwr::eth
