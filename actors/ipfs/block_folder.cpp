#include "actors/ipfs/block_folder.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/unixfs.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace flwr {
namespace fs = std::filesystem;
namespace {

constexpr auto unfinished_name = "unfinished";
constexpr size_t few_files = 32; // Beyond it one syncfs is faster.

caf::error corrupt_block(const content_id& id, const fs::path& path, const std::string& why) {
  return make_error(ec::corrupt, "the block " + to_text(id) + " in " + path.string() + " " + why
                                   + ": it isn't used. Storing it again repairs the file");
}

bool write_all(int fd, std::span<const uint8_t> data) {
  while (!data.empty()) {
    auto written = ::write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    data = data.subspan(static_cast<size_t>(written));
  }
  return true;
}

/// Reads until the end or until `data` is full; returns how much that was, or -1.
ssize_t read_all(int fd, std::span<uint8_t> data) {
  size_t done = 0;
  while (done < data.size()) {
    auto count = ::read(fd, data.data() + done, data.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return -1;
    if (count == 0)
      break;
    done += static_cast<size_t>(count);
  }
  return static_cast<ssize_t>(done);
}

expected<void> sync_path(const fs::path& path) {
  auto file = open_file(path, O_RDONLY);
  if (!file || ::fsync(file.get()) != 0)
    return errno_error("make durable", path);
  return {};
}

expected<void> make_folder(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (!failed)
    return {};
  errno = failed.value();
  return errno_error("make the folder", path);
}

/// Renames a file, to where there may be no folder yet: most often there is.
expected<void> move_file(const fs::path& from, const fs::path& to, const char* doing) {
  if (::rename(from.c_str(), to.c_str()) == 0)
    return {};
  if (errno != ENOENT)
    return errno_error(doing, to);
  if (auto made = make_folder(to.parent_path()); !made)
    return made;
  if (::rename(from.c_str(), to.c_str()) != 0)
    return errno_error(doing, to);
  return {};
}

/// Without an exclusive lock another process may be writing there: then its files stay.
void remove_unfinished(const fs::path& folder, int lock) {
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return;
  std::error_code ignored;
  for (fs::directory_iterator file{folder, ignored}, end; file != end; file.increment(ignored))
    ::unlink(file->path().c_str());
}

} // namespace

block_folder::block_folder(fs::path directory, file_descriptor lock)
  : directory_(std::move(directory)), lock_(std::move(lock)) {}

expected<block_folder> block_folder::open(fs::path directory) {
  auto unfinished = directory / unfinished_name;
  if (auto made = make_folder(unfinished); !made)
    return made.error();
  auto lock = open_file(unfinished, O_RDONLY | O_DIRECTORY);
  if (!lock)
    return errno_error("open", unfinished);
  remove_unfinished(unfinished, lock.get());
  if (::flock(lock.get(), LOCK_SH) != 0)
    return errno_error("lock", unfinished);
  return block_folder{std::move(directory), std::move(lock)};
}

fs::path block_folder::path_of(const content_id& id) const {
  auto name = to_text(as_version_1(id));
  return directory_ / name.substr(name.size() - 3, 2) / name;
}

bool block_folder::has(const content_id& id) const {
  std::error_code ignored;
  return fs::exists(path_of(id), ignored);
}

expected<block_folder> block_folder::open_read_only(fs::path directory) {
  std::error_code failed;
  if (!fs::is_directory(directory, failed))
    return make_error(ec::missing, "there are no blocks in " + directory.string());
  return block_folder{std::move(directory), file_descriptor{}};
}

expected<void> block_folder::write(const content_id& id, std::span<const uint8_t> block) {
  auto key = as_version_1(id);
  if (pending_.contains(key))
    return {};
  auto there = read(id);
  bool right = there && std::ranges::equal(*there, block);
  if (!right)
    if (auto made = write_file(path_of(id), block); !made)
      return made;
  pending_.emplace(key, right ? origin::found : origin::written);
  lost_.erase(key);
  return {};
}

expected<void> block_folder::write_file(const fs::path& path, std::span<const uint8_t> block) {
  auto unfinished = write_unfinished(block);
  if (!unfinished)
    return unfinished.error();
  auto named = move_file(*unfinished, path, "name the block");
  if (!named)
    ::unlink(unfinished->c_str());
  return named;
}

expected<fs::path> block_folder::write_unfinished(std::span<const uint8_t> block) {
  fs::path path;
  file_descriptor file;
  do {
    path = directory_ / unfinished_name
           / (std::to_string(::getpid()) + "-" + std::to_string(++unfinished_));
    file = open_file(path, O_WRONLY | O_CREAT | O_EXCL);
  } while (!file && errno == EEXIST); // A process of this number in another container.
  if (!file)
    return errno_error("make", path);
  if (write_all(file.get(), block))
    return path;
  auto failed = errno_error("write", path);
  ::unlink(path.c_str());
  return failed;
}

expected<bytes> block_folder::read(const content_id& id) const {
  auto path = path_of(id);
  auto file = open_file(path, O_RDONLY | O_NONBLOCK); // Nobody may ever write to a pipe.
  struct stat info {};
  if (!file && errno == ENOENT)
    return make_error(ec::missing, "the block " + to_text(id) + " isn't stored");
  if (!file || ::fstat(file.get(), &info) != 0)
    return errno_error("open", path);
  if (!S_ISREG(info.st_mode))
    return corrupt_block(id, path, "isn't a regular file");
  if (static_cast<uint64_t>(info.st_size) > max_block_bytes)
    return corrupt_block(id, path, "has " + std::to_string(info.st_size) + " bytes");
  bytes block(static_cast<size_t>(info.st_size));
  auto count = read_all(file.get(), block);
  if (count < 0)
    return errno_error("read", path);
  block.resize(static_cast<size_t>(count));
  return block;
}

expected<bytes> block_folder::verify(const content_id& id) {
  auto block = read(id);
  if (block && sha256(*block) == id.digest)
    return block;
  if (pending_.erase(as_version_1(id)) > 0)
    lost_.insert(as_version_1(id));
  return block ? corrupt_block(id, path_of(id), "doesn't match its hash") : block.error();
}

expected<void> block_folder::adopt(const content_id& id, block_folder& from) {
  if (auto moved = move_file(from.path_of(id), path_of(id), "keep the block"); !moved)
    return moved;
  auto pending = from.pending_.extract(as_version_1(id));
  pending_.emplace(as_version_1(id), pending ? pending.mapped() : origin::found);
  lost_.erase(as_version_1(id));
  return {};
}

expected<void> block_folder::remove(const content_id& id) {
  auto path = path_of(id);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return errno_error("remove the block", path);
  pending_.erase(as_version_1(id));
  lost_.erase(as_version_1(id));
  return {};
}

expected<std::vector<content_id>> block_folder::list() const {
  std::vector<content_id> ids;
  std::error_code failed;
  for (fs::recursive_directory_iterator file{directory_, failed}, end; !failed && file != end;
       file.increment(failed))
    if (auto id = content_id_from_text(file->path().filename().string()); id && file.depth() == 1)
      ids.push_back(*id);
  if (!failed)
    return ids;
  errno = failed.value();
  return errno_error("list the blocks in", directory_);
}

expected<void> block_folder::sync() {
  auto synced = sync_pending();
  if (!synced)
    drop_pending();
  if (!synced)
    return synced;
  pending_.clear();
  if (!lost_.empty())
    return make_error(ec::io, std::to_string(lost_.size()) + " blocks in " + directory_.string()
                                + " were lost before they were durable, the first of them "
                                + to_text(*lost_.begin()) + ": store them again");
  return {};
}

expected<void> block_folder::sync_pending() const {
  if (pending_.size() <= few_files)
    return sync_each();
  if (::syncfs(lock_.get()) != 0)
    return errno_error("make durable what is in", directory_ / unfinished_name);
  return {};
}

expected<void> block_folder::sync_each() const {
  std::set<fs::path> folders;
  for (const auto& [id, _] : pending_) {
    auto path = path_of(id);
    if (auto synced = sync_path(path); !synced)
      return synced;
    folders.insert(path.parent_path());
  }
  if (!folders.empty())
    folders.insert({directory_, directory_ / ".."}); // A shard may be new, or the whole store.
  for (const auto& folder : folders)
    if (auto synced = sync_path(folder); !synced)
      return synced;
  return {};
}

void block_folder::drop_pending() {
  for (const auto& [id, from] : pending_) {
    if (from == origin::written)
      ::unlink(path_of(id).c_str());
    lost_.insert(id);
  }
  pending_.clear();
}

} // namespace flwr
