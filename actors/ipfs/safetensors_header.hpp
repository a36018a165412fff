/// The JSON of a safetensors header, both ways. For actors/ipfs/safetensors only.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flwr {

constexpr size_t max_header_bytes = 100'000'000; ///< The reference's.
constexpr size_t max_tensors = 65'536;
constexpr size_t max_dimensions = 64;

/// The entries of a header in their order there. `offset_bytes` counts from the start of the data;
/// whether ranges and shapes fit together is left to the caller.
/// @errors  corrupt -- no JSON, no UTF-8, a repeated or unknown key, a wrong type, a limit passed.
expected<std::vector<tensor_info>> parse_header(std::string_view json);

/// The text that the reference writes for these tensors, in the order given; `offset_bytes` as
/// above. Without padding.
std::string write_header(const std::vector<const tensor_info*>& tensors);

/// A tensor's name for an error message: quoted, escaped, cut.
std::string shown_name(std::string_view name);

} // namespace flwr
