#pragma once

#include "actors/client_host.hpp"
#include "actors/runtime/posix_file.hpp"

#include <filesystem>
#include <vector>

namespace flwr {

/// A client's folder in its process's state directory (`--state-dir`), locked:
///
///     clients/7/lock        held by the process that is this client
///     clients/7/client.key  its key, for good (mode 0600)
///     clients/7/run.json    the run that it has signed for, and its last answer
struct client_folder {
  client_id id{};
  std::filesystem::path path;
  file_descriptor lock;
  signing_key_ptr key;
};

/// Opens or makes the folders of these clients.
/// @errors  usage -- another process is one of them: says which; or the directory can't serve;
///          corrupt -- a key file; no_space; io.
expected<std::vector<client_folder>> open_client_folders(const std::filesystem::path& state_dir,
                                                         client_id first, client_id last);

/// What these clients remember, when a server greets them.
/// @errors  usage -- one has signed for a run that isn't over, and this is another one: names both;
///          corrupt -- a file of theirs.
expected<client_memories> memories_for(const greeting&, const std::vector<client_folder>&);

} // namespace flwr
