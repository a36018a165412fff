#include "apps/tool_files.hpp"

#include "actors/runtime/posix_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace flwr {
namespace {

expected<file_descriptor> opened(const std::filesystem::path& path) {
  auto file = open_file(path, O_RDONLY);
  struct stat about {};
  if (!file || ::fstat(file.get(), &about) != 0)
    return errno_error("read", path, ec::usage);
  if (S_ISDIR(about.st_mode))
    return make_error(ec::usage, path.string() + " is a directory; name a file");
  return file;
}

/// Fills `chunk` as far as the file goes. Less than nothing: errno says why.
ssize_t fill(int file, std::span<uint8_t> chunk) {
  size_t filled = 0;
  while (filled < chunk.size()) {
    auto count = ::read(file, chunk.data() + filled, chunk.size() - filled);
    if (count < 0 && errno != EINTR)
      return -1;
    if (count == 0)
      break;
    filled += static_cast<size_t>(std::max<ssize_t>(count, 0));
  }
  return static_cast<ssize_t>(filled);
}

} // namespace

expected<uint64_t> read_chunks(const std::filesystem::path& path, size_t chunk_bytes,
                               const std::function<void(std::span<const uint8_t>)>& take) {
  auto file = opened(path);
  if (!file)
    return std::move(file.error());
  bytes chunk(chunk_bytes);
  for (uint64_t total = 0;;) {
    auto filled = fill(file->get(), chunk);
    if (filled < 0)
      return errno_error("read", path);
    auto size = static_cast<size_t>(filled);
    if (size > 0)
      take(std::span{chunk}.first(size));
    total += size;
    if (size < chunk_bytes)
      return total;
  }
}

expected<bytes> read_file(const std::filesystem::path& path) {
  bytes all;
  auto append = [&](std::span<const uint8_t> chunk) {
    all.insert(all.end(), chunk.begin(), chunk.end());
  };
  auto read = read_chunks(path, 1 << 20, append);
  if (!read)
    return std::move(read.error());
  return all;
}

std::string shortest(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

} // namespace flwr
