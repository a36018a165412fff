/// CARs that Kubo's clients send (`dag/import`). Pure; any thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "actors/ipfs/car_import.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "messages/error.hpp"

namespace flwr::kubo {

/// What a client sends to be imported. Every block has been hashed.
struct import_request {
  import_wishes wishes;
  received_car_ptr car;
};

/// @errors  usage -- an option, or not one file; those of `read_car`: rejected -- more than
///          `max_blocks_at_once`, or of kinds that aren't ours, corrupt.
expected<import_request> import_in(const http_request&);

/// What the store is to do. A pin that doesn't last is none, but the DAG has to be whole for it.
dag_wish wish_of(const import_wishes&, bool pins_last);

/// Whether an import failed for its DAG alone: its blocks are stored.
bool is_about_the_dag(const caf::error&);

/// @param not_pinned  Why the root isn't; empty if it is, or wasn't to be.
http_response import_answer(const import_request&, const caf::error& not_pinned = {});

} // namespace flwr::kubo
