/// Bodies of several parts, as browsers and Kubo's clients send files: RFC 7578 and RFC 2046. Pure;
/// any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// A part; `data` is a view into the body.
struct body_part {
  std::string name;         ///< Of the form's field.
  std::string file_name;    ///< Percent-decoded, as Kubo's clients write it; "" without one.
  std::string content_type; ///< "" without one.
  std::span<const uint8_t> data;
};

/// @param content_type  The request's, with its boundary.
/// @errors  rejected -- not multipart, no boundary, a part without an end, or more than 1,000
/// parts.
expected<std::vector<body_part>> read_parts(std::string_view content_type,
                                            std::span<const uint8_t> body);

/// A body of one file, and the content type that tells its boundary.
struct part_body {
  std::string content_type;
  blob_ptr body;
};

/// @param boundary  Must not stand in the data: 32 hex digits of its hash, say.
part_body write_part(std::string_view boundary, std::span<const uint8_t> data);

} // namespace flwr
