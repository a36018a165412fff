#pragma once

#include "messages/error.hpp"
#include "messages/ledger.hpp"

#include <functional>

namespace flwr {

/// Where `verify` reads: a chain and a store of blobs, neither of which it trusts. Each function
/// waits for its answer, as long as it deems right, and may be called by several threads at once.
/// What can't be had now is an error `missing`, `unreachable`, `timeout`, `exhausted`, `io` or
/// `stopped`; what is there but breaks its rules, `corrupt` or `rejected`.
struct evidence {
  std::function<expected<uint64_t>()> chain_id;
  std::function<expected<block_facts>()> head;
  std::function<expected<block_facts>(uint64_t number)> block;
  std::function<expected<bytes>(const call_request&)> call;
  /// In order of their places.
  std::function<expected<std::vector<placed_log>>(const log_query&)> logs;
  std::function<expected<std::optional<receipt>>(const tx_hash&)> receipt_of;
  std::function<expected<std::optional<placed_transaction>>(const tx_hash&)> transaction_of;
  /// A blob of at most so many bytes.
  std::function<expected<blob_ptr>(const content_id&, uint64_t max_bytes)> blob;
};

} // namespace flwr
