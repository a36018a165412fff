#include "actors/runtime/file_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace flwr {
namespace {

// A lock of the open file, not of the process: readers can ask for it without taking it.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string holder(int lock) {
  std::array<char, 20> text;
  auto size = ::pread(lock, text.data(), text.size(), 0);
  uint64_t pid = 0;
  auto parsed = std::from_chars(text.data(), text.data() + std::max<ssize_t>(size, 0), pid);
  return parsed.ec == std::errc{} ? "process " + std::to_string(pid) : "another process";
}

} // namespace

expected<file_descriptor> take_lock(const std::filesystem::path& path,
                                    const std::function<caf::error(const std::string& who)>& held) {
  auto lock = open_file(path, O_RDWR | O_CREAT);
  if (!lock)
    return errno_error("write", path, ec::usage);
  auto whole = whole_file(F_WRLCK);
  if (::fcntl(lock.get(), F_OFD_SETLK, &whole) != 0) {
    if (errno != EAGAIN && errno != EACCES)
      return errno_error("lock", path);
    return held(holder(lock.get()));
  }
  auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.get(), 0) != 0
      || ::pwrite(lock.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return errno_error("write", path);
  return lock;
}

bool is_locked(const std::filesystem::path& path) {
  auto lock = open_file(path, O_RDONLY);
  auto asked = whole_file(F_RDLCK);
  return lock && ::fcntl(lock.get(), F_OFD_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
}

} // namespace flwr
