/// What the tool box's commands share.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace flwr {

/// Reads a file or a pipe to its end, piece by piece: `chunk_bytes` each, the last one shorter.
/// @returns  The bytes in all.
/// @errors   usage -- not there, a directory, not readable; io.
expected<uint64_t> read_chunks(const std::filesystem::path&, size_t chunk_bytes,
                               const std::function<void(std::span<const uint8_t>)>& take);

/// All bytes of a file or a pipe.
/// @errors  As above.
expected<bytes> read_file(const std::filesystem::path&);

/// The shortest digits that read back as the same double.
std::string shortest(double);

} // namespace flwr
