#pragma once

#include "actors/ipfs/unixfs.hpp"

namespace flwr {

/// Takes a block of a DAG. An error ends the walk.
using block_visitor =
  std::function<expected<void>(const content_id&, std::span<const uint8_t> block)>;

/// Visits every block below a root once, a node before what it links to: Kubo's order.
/// @errors  rejected -- more than 16 levels; corrupt -- a node isn't dag-pb; the source's and the
///          visitor's own.
expected<void> walk_dag(const content_id& root, const block_source&, const block_visitor&);

} // namespace flwr
