/// What contracts/FederatedRun.json holds, built in: nothing of it is written by hand.
#pragma once

#include "messages/types.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace flwr {

/// Where the constructor puts a word into the runtime code.
struct immutable_place {
  std::string_view name; ///< The variable's.
  size_t offset = 0;     ///< Of the word's 32 bytes in the code.
};

/// A parameter of a custom error.
struct error_parameter {
  std::string_view type; ///< As in Solidity: `uint64`.
  std::string_view name;
};

/// A custom error of the contract.
struct error_shape {
  std::string_view name;
  std::vector<error_parameter> parameters;
};

/// The code that a creation transaction runs; its arguments follow.
std::span<const uint8_t> run_creation_code();

/// The deployed code, zeros in place of the immutables.
std::span<const uint8_t> run_runtime_code();

std::span<const immutable_place> run_immutables();

std::span<const error_shape> run_errors();

} // namespace flwr
