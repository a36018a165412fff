/// Blocks, transactions, receipts and logs in the shapes of Ethereum's JSON-RPC. All pure; any
/// thread.
#pragma once

#include "actors/chain/block_builder.hpp"
#include "actors/chain/transaction.hpp"
#include "messages/ledger.hpp"

#include <boost/json.hpp>

namespace flwr::eth {

/// @param full  Whether transactions come whole, or by their hashes.
boost::json::object block_json(const sealed_block&, bool full);

/// A transaction; `where` is null while it is in no block.
boost::json::object transaction_json(const signed_transaction&, const receipt* where);

boost::json::object receipt_json(const receipt&);

boost::json::object log_json(const placed_log&, uint64_t transaction_index);

} // namespace flwr::eth
