/// CAR version 1 with one root: https://ipld.io/specs/transport/car/carv1/. Pure; any thread.
#pragma once

#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace flwr {

/// A block in a CAR; the view is into whatever the CAR was read from.
struct car_section {
  content_id id;
  std::span<const uint8_t> block;
};

/// A CAR that was read.
struct car_file {
  content_id root;
  std::vector<car_section> sections; ///< In their order; each hashes to its id.
};

/// The bytes up to the first section.
bytes car_header(const content_id& root);

/// Appends a section.
void append_car_section(bytes& to, const content_id&, std::span<const uint8_t> block);

/// Reads a whole CAR. Whether its blocks make a whole DAG is for whoever puts them together.
/// @errors  corrupt -- the header isn't as `car_header` writes it (other versions, no root or more
///          than one), a section is cut, longer than a block may be, or hashes to another id, or
///          something follows the last one; rejected -- an id of a kind that isn't ours, or more
///          than `max_blocks` sections.
expected<car_file> read_car(std::span<const uint8_t>, size_t max_blocks = SIZE_MAX);

/// The blocks below a CAR's root, and the root itself, by their ids in version 1; nothing if the
/// CAR hasn't got all of them, or they are no DAG that `walk_dag` takes.
std::optional<std::set<content_id>> whole_dag_in(const car_file&);

/// All blocks below a root, each once, a node before what it links to: Kubo's order.
/// @errors  rejected -- more than `max_bytes`, or more than 16 levels; corrupt; the source's own.
expected<bytes> car_of(const content_id& root, const block_source&, uint64_t max_bytes);

} // namespace flwr
