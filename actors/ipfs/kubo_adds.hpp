/// Files that Kubo's clients send (`add`). Pure; any thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "actors/ipfs/block_files.hpp"
#include "actors/ipfs/multipart.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"

#include <vector>

namespace flwr::kubo {

/// What a client sends to be added.
struct add_request {
  unixfs_profile profile;
  bool only_hash = false;
  bool pin = true;
  std::vector<body_part> files; ///< Views of the request's body; one at least.
  uint64_t blocks = 0;          ///< What all of them come to, where no two are alike.
};

/// @errors  usage -- an option, no file, a folder or a link, or more than `max_blocks_at_once`.
expected<add_request> add_in(const http_request&, const unixfs_profile& fallback);

/// The files' bytes, on their own.
std::vector<blob_ptr> blobs_of(const add_request&);

/// A line for each file, in their order.
http_response add_answer(const add_request&, const std::vector<stored_file>&);

/// The same where only their ids were asked for.
http_response hash_answer(const add_request&);

} // namespace flwr::kubo
