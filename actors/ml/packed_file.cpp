#include "actors/ml/image_files.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>

namespace flwr {
namespace {

namespace fs = std::filesystem;

constexpr size_t growth_bytes = 1 << 20;
constexpr int gzip_only = 16 + MAX_WBITS;

/// zlib's state, ended in every case.
class inflater {
public:
  explicit inflater(std::span<const uint8_t> packed) {
    stream_.next_in = const_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
    ready_ = inflateInit2(&stream_, gzip_only) == Z_OK;
  }
  ~inflater() {
    if (ready_)
      inflateEnd(&stream_);
  }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  /// Appends more to `out`. @returns  zlib's verdict.
  int more(bytes& out) {
    if (!ready_)
      return Z_MEM_ERROR;
    auto filled = out.size();
    out.resize(filled + growth_bytes);
    stream_.next_out = out.data() + filled;
    stream_.avail_out = growth_bytes;
    auto verdict = inflate(&stream_, Z_NO_FLUSH);
    out.resize(out.size() - stream_.avail_out);
    return verdict;
  }

  size_t unread() const { return stream_.avail_in; }
  std::string words() const { return stream_.msg ? stream_.msg : "no gzip data"; }

private:
  z_stream stream_{};
  bool ready_ = false;
};

caf::error broken(const std::string& name, const std::string& why) {
  return make_error(ec::corrupt, name + ": " + why + "; fetch the file again");
}

} // namespace

expected<bytes> gunzip(std::span<const uint8_t> packed, const std::string& name) {
  if (packed.size() > most_file_bytes)
    return broken(name, "more than 1 GiB");
  inflater zlib{packed};
  bytes out;
  int verdict = Z_OK;
  while (verdict == Z_OK && out.size() <= most_file_bytes)
    verdict = zlib.more(out);
  if (out.size() > most_file_bytes)
    return broken(name, "unpacks to more than 1 GiB");
  if (verdict == Z_BUF_ERROR)
    return broken(name, "the gzip data ends after " + std::to_string(packed.size())
                          + " bytes, in the middle");
  auto offset = std::to_string(packed.size() - zlib.unread());
  if (verdict != Z_STREAM_END)
    return broken(name,
                  "the gzip data is damaged before byte " + offset + " (" + zlib.words() + ")");
  if (zlib.unread() != 0)
    return broken(name, "other bytes follow the gzip data, from byte " + offset);
  return out;
}

expected<bytes> read_data_file(const fs::path& path) {
  std::error_code failure;
  auto size = fs::file_size(path, failure);
  if (failure)
    return make_error(failure == std::errc::no_such_file_or_directory ? ec::missing : ec::io,
                      path.string() + ": " + failure.message());
  if (size > most_file_bytes)
    return make_error(ec::corrupt, path.string() + ": more than 1 GiB; it is another file");
  bytes file(size);
  std::ifstream in{path, std::ios::binary};
  if (!in.read(reinterpret_cast<char*>(file.data()), static_cast<std::streamsize>(size)))
    return make_error(ec::io, path.string() + ": can't be read (" + std::strerror(errno) + ")");
  return file;
}

} // namespace flwr
