#pragma once

#include "messages/runtime.hpp"

#include <cstdint>
#include <string>

namespace flwr {

/// What went wrong, as far as the one who asked can act on it.
enum class ec : uint8_t {
  unreachable = 1, ///< The other side is gone, or never was there.
  timeout,         ///< The other side is there, but slow.
  rejected,        ///< The other side understood and refused; the same request fails again.
  corrupt,         ///< The data breaks its own rules.
  exhausted,       ///< A retry budget is spent.
  missing,         ///< What was asked for isn't there.
  no_space,        ///< The disk is full, or a quota is.
  io,              ///< The disk or the operating system failed otherwise.
  usage,           ///< The user asked for something that can't be; nothing was started.
  stopped,         ///< The run is ending; the work was given up.
  bug,             ///< We broke our own rules.
};

/// A value or the `caf::error` that stands in its place.
template <class T>
using expected = caf::expected<T>;

} // namespace flwr

CAF_ERROR_CODE_ENUM(flwr::ec, "flwr")

namespace flwr {

/// An error for people: `what` says what is wrong, where, why, and what to do.
caf::error make_error(ec code, std::string what);

/// Whether the same request may succeed later. CAF's own codes for "no answer" count as well.
bool is_transient(const caf::error&);

/// The code of an error of ours; of CAF's own errors the nearest one (`timeout`, `unreachable`,
/// `stopped`, else `bug`). The error must not be empty.
ec code_of(const caf::error&);

/// One line for people: the error's own words, or its code's if it has none. Any thread.
std::string render(const caf::error&);

} // namespace flwr
