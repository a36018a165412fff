/// What Kubo's clients ask for, understood. Pure; any thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "actors/ipfs/multipart.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr::kubo {

/// How many blocks a request may store: the store is busy with them. A model of 2 GiB has 8,241
/// where they are smallest (`unixfs-v0-2015`).
inline constexpr size_t max_blocks_at_once = 32'768;

/// The content id of an argument: an id, "/ipfs/ID" or "ipfs://ID".
/// @errors  usage -- none, or of another kind; a path below an id.
expected<content_id> content_in(std::string_view argument);

/// All values of `arg`. @errors  as above, and usage where there is none.
expected<std::vector<content_id>> contents_in(const http_fields& query);

/// The one value of `arg`. @errors  as above, and usage where there are more.
expected<content_id> content_alone_in(const http_fields& query);

/// A flag of the query. @errors  usage
expected<bool> flag_in(const http_fields& query, std::string_view name, bool fallback);

/// A number of the query. @errors  usage
expected<uint64_t> number_in(const http_fields& query, std::string_view name, uint64_t fallback);

/// The files in a request's body: one at least. @errors  usage
expected<std::vector<body_part>> parts_in(const http_request&);

/// The one file. @errors  usage
expected<body_part> part_alone_in(const http_request&);

/// The id of a block that is put. @errors  usage -- of a kind that isn't used here.
expected<content_id> block_id_in(const http_fields& query, std::span<const uint8_t> block);

/// Which pins `pin/ls` is asked for, and whether each is to be on a line of its own.
struct pin_listing {
  bool recursive = true; ///< No others are kept here.
  bool by_line = false;
};

/// @errors  usage
expected<pin_listing> pin_listing_in(const http_fields& query);

/// What `dag/import` is to do besides.
struct import_wishes {
  bool pin_roots = true;
  bool count = false;
};

/// @errors  usage
expected<import_wishes> import_wishes_in(const http_fields& query);

/// How `add` is asked to cut a file, where `fallback` isn't overridden.
/// @errors  usage -- an option that isn't known here, or a value that can't be.
expected<unixfs_profile> profile_in(const http_fields& query, const unixfs_profile& fallback);

/// Where the same profile is asked for.
http_fields query_of(const unixfs_profile&);

} // namespace flwr::kubo
