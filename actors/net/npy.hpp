/// NumPy's .npy files, format 1.0 to 3.0 (numpy.lib.format): how Flower's tensors travel. All pure;
/// any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <span>

namespace flwr::npy {

/// The file of a tensor, byte for byte as `numpy.save` writes it (version 1.0, C order).
/// @errors  rejected -- NumPy has no such type (bfloat16, the float8s): says which.
expected<bytes> write(dtype type, std::span<const uint64_t> shape,
                      std::span<const uint8_t> row_major);

/// A tensor that was read: little-endian and in C order, whatever the file had.
struct tensor {
  dtype type = dtype::f32;
  std::vector<uint64_t> shape;
  bytes row_major;
};

/// Reads a file of at most so many bytes of data; any byte order, C or Fortran order.
/// @errors  corrupt -- not a .npy file, truncated, with trailing bytes, larger than allowed,
/// pickled
///          objects, or a type that no model has. Nothing is allocated by what a header claims.
expected<tensor> read(std::span<const uint8_t> file, uint64_t max_data_bytes);

} // namespace flwr::npy
