#pragma once

#include "actors/hash/secret_bytes.hpp"
#include "apps/password_prompt.hpp"
#include "messages/error.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace flwr {

/// Where a password comes from: a file, or else somebody who is asked. Never the command line and
/// never the environment, which others can see.
struct password_source {
  std::optional<std::filesystem::path> file; ///< Its first line.
  std::function<expected<secret_bytes>(const std::string& question)> ask = ask_on_terminal;
};

/// The password of something that is there; it may be empty.
/// @errors  usage -- the file can't be read, or others may read it; else those of `ask`.
expected<secret_bytes> have_password(const password_source&, const std::string& question);

/// A password for something new; somebody who is asked has to type it twice.
/// @errors  As above; usage -- it is empty, or the second time it was another.
expected<secret_bytes> choose_password(const password_source&, const std::string& question);

} // namespace flwr
