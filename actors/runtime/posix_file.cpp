#include "actors/runtime/posix_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace flwr {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      return false;
    if (written > 0)
      text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

} // namespace

file_descriptor::~file_descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

caf::error errno_error(std::string_view doing, const std::filesystem::path& path, ec code) {
  auto cause = errno;
  auto what = "cannot " + std::string{doing} + " " + path.string() + ": "
              + std::generic_category().message(cause);
  if (cause == ENOSPC || cause == EDQUOT)
    return make_error(ec::no_space, what + "; free some space there and start again");
  return make_error(code, what);
}

file_descriptor open_file(const std::filesystem::path& path, int flags) {
  int fd;
  do
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  while (fd < 0 && errno == EINTR);
  return file_descriptor{fd};
}

expected<void> sync_directory(const std::filesystem::path& directory) {
  auto fd = open_file(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
  if (!fd || ::fsync(fd.get()) != 0)
    return errno_error("make durable", directory);
  return caf::unit;
}

expected<void> append_durably(const std::filesystem::path& path, std::string_view text) {
  auto fd = open_file(path, O_WRONLY | O_APPEND);
  if (!fd || !write_all(fd.get(), text) || ::fsync(fd.get()) != 0)
    return errno_error("write", path);
  return caf::unit;
}

expected<void> write_durably(const std::filesystem::path& path, std::string_view text) {
  auto fresh = path;
  fresh += ".new";
  auto fd = open_file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd || !write_all(fd.get(), text) || ::fsync(fd.get()) != 0)
    return errno_error("write", fresh);
  if (::rename(fresh.c_str(), path.c_str()) != 0)
    return errno_error("replace", path);
  return sync_directory(path.parent_path());
}

} // namespace flwr
