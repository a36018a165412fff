/// Files that are nobody else's business.
#pragma once

#include "actors/hash/secret_bytes.hpp"
#include "messages/error.hpp"

#include <filesystem>
#include <string_view>

namespace flwr {

/// Passwords, keys and key files are shorter; a longer file is another one, named by mistake.
inline constexpr size_t max_private_file_bytes = 64 << 10;

/// A file's bytes, wiped when they go.
struct private_text {
  std::filesystem::path path; ///< Where they are from, for errors.
  secret_bytes data;
  bool exposed = false; ///< The group or others may read or write the file.
};

/// A secret's bytes as text, which lives as long as they do.
std::string_view as_text(const secret_bytes&);

/// Reads a file, or a pipe to its end, whoever else may.
/// @errors  usage -- not there, not readable, a directory, too long.
expected<private_text> read_private(const std::filesystem::path&);

/// @errors  usage -- the file is exposed: says which command ends that.
expected<void> check_unexposed(const private_text&);

/// Makes a folder of mode 0700, and those above it. One that is there has to be closed to others.
/// @errors  usage -- it can't be made, or is open to others; io.
expected<void> make_private_folder(const std::filesystem::path&);

/// Writes a file of mode 0600, durably and as a whole, and never over another one, whoever else
/// tries to at the same moment.
/// @errors  usage -- there is one of that name; no_space; io.
expected<void> write_new_file(const std::filesystem::path&, std::string_view text);

} // namespace flwr
