/// The little that the standard library lacks about files: locks, durability, errors with a path.
#pragma once

#include "messages/error.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace flwr {

/// An open file descriptor, closed at the end. Movable; not thread-safe.
class file_descriptor {
public:
  explicit file_descriptor(int fd = -1) : fd_(fd) {}
  file_descriptor(file_descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~file_descriptor();

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

private:
  int fd_;
};

/// "cannot `doing` `path`: <words for errno>", as no_space where a disk or a quota is full, else as
/// `code`. Call it before anything changes `errno`.
caf::error errno_error(std::string_view doing, const std::filesystem::path& path, ec code = ec::io);

/// open(2) with O_CLOEXEC, again after a signal; new files have mode 0600.
file_descriptor open_file(const std::filesystem::path&, int flags);

/// Makes the names in a directory durable: files created, renamed or removed in it.
/// An empty path is the current directory, as the `parent_path()` of a plain name.
expected<void> sync_directory(const std::filesystem::path&);

/// Appends to a file that is there. After a crash, or if it fails, any part of the text may be
/// there.
expected<void> append_durably(const std::filesystem::path& path, std::string_view text);

/// Replaces or creates a file as a whole: after a crash it holds the old text or the new one.
/// Leaves `path` + ".new" behind if it fails.
expected<void> write_durably(const std::filesystem::path& path, std::string_view text);

} // namespace flwr
