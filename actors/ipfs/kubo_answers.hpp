/// What Kubo's RPC answers, as JSON (docs.ipfs.tech/reference/kubo/rpc). Pure; any thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "actors/ipfs/block_files.hpp"
#include "messages/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flwr::kubo {

/// Kubo's words for a failure: status 500, or 400 for a wrong argument.
http_response refusal(const caf::error&);
http_response bad_argument(const std::string& why);

http_response added(const std::string& name, const stored_file&);
http_response block_stored(const content_id&, uint64_t size_bytes);
http_response block_facts(const content_id&, uint64_t size_bytes);
http_response pinned(const std::vector<content_id>&);
http_response pin_list(const std::vector<content_id>&);
http_response pin_lines(const std::vector<content_id>&);

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

/// Bytes that a client streams.
http_response stream_of(blob_ptr, const std::string& content_type);

/// What an answer to a failed request says: its `Message`, or its first words.
std::string message_in(const http_response&);

} // namespace flwr::kubo
