#include "apps/private_file.hpp"

#include "actors/runtime/posix_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace flwr {
namespace {

namespace fs = std::filesystem;

constexpr mode_t of_others = S_IRWXG | S_IRWXO;

/// Reads on until the end, or until `text` is full.
bool fill(int file, secret_bytes& text) {
  size_t filled = 0;
  while (filled < text.size()) {
    auto count = ::read(file, text.data() + filled, text.size() - filled);
    if (count < 0 && errno != EINTR)
      return false;
    if (count == 0)
      break;
    filled += static_cast<size_t>(count < 0 ? 0 : count);
  }
  text.resize(filled);
  return true;
}

/// The folder's name without a slash at its end, from the root on.
fs::path full_path(const fs::path& folder) { return (fs::absolute(folder) / "").parent_path(); }

} // namespace

std::string_view as_text(const secret_bytes& secret) {
  return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

expected<private_text> read_private(const fs::path& path) {
  auto file = open_file(path, O_RDONLY | O_NOCTTY);
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0)
    return errno_error("read", path, ec::usage);
  private_text found{path, secret_bytes(max_private_file_bytes + 1),
                     (about.st_mode & of_others) != 0};
  if (!fill(file.get(), found.data))
    return errno_error("read", path, ec::usage);
  if (found.data.size() > max_private_file_bytes)
    return make_error(ec::usage, path.string() + " is longer than "
                                   + std::to_string(max_private_file_bytes)
                                   + " bytes: neither a key nor a password");
  return found;
}

expected<void> check_unexposed(const private_text& file) {
  if (!file.exposed)
    return caf::unit;
  return make_error(ec::usage, "other users may read " + file.path.string()
                                 + "; if none has, run: chmod 600 " + file.path.string());
}

expected<void> make_private_folder(const fs::path& folder) {
  auto path = full_path(folder);
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed)
    return make_error(ec::usage, "cannot create " + path.string() + ": " + failed.message());
  if (::mkdir(path.c_str(), S_IRWXU) == 0)
    return sync_directory(path.parent_path());
  struct stat about {};
  if (errno != EEXIST || ::stat(path.c_str(), &about) != 0)
    return errno_error("create", path, ec::usage);
  if (!S_ISDIR(about.st_mode))
    return make_error(ec::usage, path.string() + " isn't a folder");
  if (about.st_mode & of_others)
    return make_error(ec::usage, "other users may look into " + path.string() + "; run: chmod 700 "
                                   + path.string());
  return caf::unit;
}

expected<void> write_new_file(const fs::path& path, std::string_view text) {
  auto folder = fs::absolute(path).parent_path();
  auto lock = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
    return errno_error("lock", folder, ec::usage);
  if (fs::exists(fs::symlink_status(path)))
    return make_error(ec::usage, path.string() + " is there already and stays as it is");
  return write_durably(path, text);
}

} // namespace flwr
