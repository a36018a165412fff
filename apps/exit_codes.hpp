#pragma once

#include "messages/error.hpp"

#include <string_view>

namespace flwr {

/// How a program of ours ends.
enum class exit_code : int {
  done = 0,
  failed = 1,        ///< The run or the verification failed.
  connection = 2,    ///< Connection or authentication.
  incomplete = 3,    ///< Timeout or missing data.
  usage = 4,         ///< Usage or configuration; nothing was started.
  bug = 5,           ///< We broke our own rules.
  interrupted = 130, ///< SIGINT.
  terminated = 143,  ///< SIGTERM.
};

/// How a program ends on an error of this kind.
exit_code exit_code_of(ec);

/// An error of something that the user named: what is wrong with it is a matter of usage.
caf::error as_usage(const caf::error&);

/// Prints `PROGRAM: error: WORDS` on stderr.
/// @returns  The number for main to return.
int fail(std::string_view program, const caf::error&);

/// Prints `PROGRAM: warning: LINE` on stderr.
void warn(std::string_view program, std::string_view line);

/// As `fail`, but for success, which says nothing.
int exit_status(std::string_view program, const expected<void>&);

} // namespace flwr
