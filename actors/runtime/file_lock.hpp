#pragma once

#include "actors/runtime/posix_file.hpp"

#include <functional>

namespace flwr {

/// Takes the lock of a file, made if need be, and writes this process's id into it. The lock
/// (fcntl, F_OFD_SETLK) is held for as long as the descriptor is open.
/// @param held  Makes the error where somebody else has it: "process 4711".
/// @errors  of `held`; usage -- the file can't be written; no_space; io.
expected<file_descriptor> take_lock(const std::filesystem::path&,
                                    const std::function<caf::error(const std::string& who)>& held);

/// Whether somebody has it. It is only asked: nobody is ever kept out by this.
bool is_locked(const std::filesystem::path&);

} // namespace flwr
