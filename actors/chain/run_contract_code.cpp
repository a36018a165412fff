#include "actors/chain/run_contract_code.hpp"

namespace flwr {
namespace {

#include "run_contract_code.inc"

} // namespace

std::span<const uint8_t> run_creation_code() { return creation_code; }

std::span<const uint8_t> run_runtime_code() { return runtime_code; }

std::span<const immutable_place> run_immutables() { return immutable_places; }

std::span<const error_shape> run_errors() { return error_shapes; }

} // namespace flwr
