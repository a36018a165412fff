/// The header of a .npy file: a Python dictionary. Pure; any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <span>
#include <string>
#include <vector>

namespace flwr::npy {

/// What a file says of its array.
struct header {
  dtype type = dtype::f32;
  bool big_endian = false;
  bool fortran_order = false;
  std::vector<uint64_t> shape;
  size_t data_offset = 0;
};

/// @errors  corrupt -- as npy::read says.
expected<header> read_header(std::span<const uint8_t> file);

/// NumPy's name of a type, such as "<f4". Empty where it has none.
std::string_view name_of(dtype);

} // namespace flwr::npy
