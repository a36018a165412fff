/// The tool box's commands on files.
#pragma once

#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"

#include <filesystem>
#include <string>

namespace flwr {

/// `flwr-actor cid`: the content id that `ipfs add` gives a file, or what a pipe brings, under this
/// profile.
/// @returns  The id on one line, or JSON of schema `flwr-actor/cid/1`.
/// @errors   As for `read_chunks`.
expected<std::string> show_content_id(const std::filesystem::path&, const std::string& profile_name,
                                      const unixfs_profile&, bool json);

/// `flwr-actor model inspect`: what a safetensors file holds.
/// @errors  As for `read_chunks`; corrupt -- not a safetensors file.
expected<std::string> show_model(const std::filesystem::path&, const unixfs_profile&, bool json);

} // namespace flwr
