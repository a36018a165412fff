/// What Kubo's RPC answers, as JSON (docs.ipfs.tech/reference/kubo/rpc). Pure; any thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "actors/ipfs/block_files.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "messages/error.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flwr::kubo {

/// Kubo's words for a failure: status 500, or 400 for a wrong argument.
http_response refusal(const caf::error&);
http_response bad_argument(const std::string& why);

/// Files by their names.
http_response added(const std::vector<std::pair<std::string, stored_file>>&);
http_response block_stored(const content_id&, uint64_t size_bytes);
http_response block_facts(const content_id&, uint64_t size_bytes);
http_response pinned(const std::vector<content_id>&);

/// The pins that are asked for, or all.
http_response pins(const pin_listing&, const std::vector<content_id>& asked,
                   const std::vector<content_id>& held);

/// What an import has to tell.
struct import_report {
  std::optional<content_id> root; ///< If it was to be pinned.
  std::string pin_error;          ///< Empty: it is.
  std::optional<uint64_t> blocks; ///< If they were to be counted.
  uint64_t block_bytes = 0;
};

http_response imported(const import_report&);
http_response identity();
http_response version();

/// At most so many bytes of a blob, from there on.
blob_ptr part_of(const blob_ptr&, uint64_t offset, uint64_t length);

/// Bytes that a client streams.
http_response stream_of(blob_ptr, const std::string& content_type);

/// What an answer to a failed request says: its `Message`, or its first words.
std::string message_in(const http_response&);

} // namespace flwr::kubo
