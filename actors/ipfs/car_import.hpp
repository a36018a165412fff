/// How a CAR gets into the embedded store.
#pragma once

#include "actors/ipfs/block_files.hpp"
#include "actors/ipfs/car.hpp"
#include "messages/runtime.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>

namespace flwr {

/// A CAR that was read, and what its sections are views of. Immutable; actors share it.
struct received_car {
  blob_ptr body;
  car_file car;
  std::optional<std::set<content_id>> whole; ///< `whole_dag_in(car)`
};

using received_car_ptr = std::shared_ptr<const received_car>;

/// What is wished for the DAG below a CAR's root besides that its blocks are durable.
enum class dag_wish : uint8_t {
  nothing,
  check, ///< That it be whole.
  hold,  ///< That it be whole, and held.
};

/// A CAR's way into the store, in slices, so that whoever asks for something meanwhile doesn't wait
/// for all of it: a slice takes 1 or 2 ms, and now and then the time of a group commit. One thread
/// at a time.
class car_import {
public:
  car_import(received_car_ptr car, dag_wish wish) : car_(std::move(car)), wish_(wish) {}

  /// Does the next slice: stores some blocks; makes what is stored durable when that is a lot; at
  /// last sees to the DAG.
  /// @returns  Whether that was all.
  /// @errors   As those of `block_files`; missing, corrupt, rejected -- all blocks are stored and
  ///           durable, but the DAG isn't whole.
  expected<bool> advance(block_files&);

private:
  expected<void> store_some(block_files&);
  expected<void> finish(block_files&) const;

  received_car_ptr car_;
  dag_wish wish_;
  size_t next_ = 0;            ///< The first section that isn't stored yet.
  size_t pending_blocks_ = 0;  ///< Stored, but maybe not durable yet.
  uint64_t pending_bytes_ = 0; ///< The same.
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::received_car_ptr)
FLWR_LOCAL_MESSAGE(flwr::dag_wish)
