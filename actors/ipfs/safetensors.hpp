/// The safetensors file format: https://huggingface.co/docs/safetensors, version 0.8.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// The name in a header, such as "F32".
std::string_view name_of(dtype);

/// The element type of that name, if there is one. Case counts.
std::optional<dtype> dtype_from(std::string_view name);

/// Bytes of one element: 1, 2, 4 or 8.
size_t size_of(dtype);

/// What a model's maker says of a tensor.
struct tensor_spec {
  std::string name; ///< UTF-8, unique in the model.
  dtype type = dtype::f32;
  std::vector<uint64_t> shape; ///< Empty: a scalar.
};

/// Lays tensors out as the reference writer does, byte by byte: by falling rank of the type, then
/// by name (bytewise), without holes; the header is padded with spaces to 8 bytes and has no
/// `__metadata__`.
///
/// @param   tensors  In state-dict order, which the layout keeps.
/// @errors  rejected -- a name comes twice, is `__metadata__` or no UTF-8; a size overflows; a
///          limit of read_layout is passed.
expected<layout_ptr> make_layout(std::vector<tensor_spec> tensors);

/// Reads the header of a whole file. Refuses all that the reference refuses, and repeated keys,
/// unknown fields and a header that doesn't start with '{'.
///
/// @returns  The tensors in the order of their data; the header as it is, canonical or not.
/// @errors   corrupt -- with what is wrong and where. Limits: 100,000,000 bytes of header, 65,536
///           tensors, 64 dimensions.
expected<layout_ptr> read_layout(std::span<const uint8_t> file);

/// Takes `file` for a model of a known layout. Compares header and length, parses nothing.
/// @errors  corrupt -- they differ.
expected<parameters_ptr> parameters_from(layout_ptr layout, blob_ptr file);

/// A file of this layout whose data is all zero, for a writer to fill in.
bytes new_file(const layout&);

} // namespace flwr
