#include "actors/ml/image_files.hpp"

namespace flwr {
namespace {

namespace fs = std::filesystem;

constexpr size_t pixel_bytes = size_t{3} * 32 * 32;
constexpr size_t record_bytes = 1 + pixel_bytes;
constexpr uint8_t classes = 10;

expected<void> append(sample_set& samples, const fs::path& path) {
  auto file = read_data_file(path);
  if (!file)
    return file.error();
  if (file->empty() || file->size() % record_bytes != 0)
    return make_error(ec::corrupt, path.string() + ": " + std::to_string(file->size())
                                     + " bytes aren't whole records of 3073 bytes; the file is "
                                       "damaged or no CIFAR-10 batch (binary version)");
  for (size_t at = 0; at < file->size(); at += record_bytes) {
    auto label = (*file)[at];
    if (label >= classes)
      return make_error(ec::corrupt, path.string() + ": record " + std::to_string(at / record_bytes)
                                       + " (byte " + std::to_string(at) + ") has label "
                                       + std::to_string(label)
                                       + " where 0 ... 9 are allowed; the file is damaged or not "
                                         "CIFAR-10's");
    samples.labels.push_back(label);
    auto pixels = file->begin() + static_cast<std::ptrdiff_t>(at) + 1;
    samples.pixels.insert(samples.pixels.end(), pixels, pixels + pixel_bytes);
  }
  return caf::unit;
}

expected<fs::path> find_batches(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& place : {directory, directory / "cifar-10-batches-bin"})
    if (fs::exists(place / "test_batch.bin", ignored))
      return place;
  auto what = fs::is_directory(directory, ignored)
                ? "has no test_batch.bin, nor does its folder cifar-10-batches-bin"
                : "is no directory";
  return make_error(ec::missing,
                    "data set cifar10: " + directory.string() + " " + what
                      + "; unpack CIFAR-10's binary version (cifar-10-binary.tar.gz from "
                        "https://www.cs.toronto.edu/~kriz/cifar.html) and say cifar10:DIR");
}

} // namespace

expected<dataset> read_cifar10(const fs::path& directory) {
  auto place = find_batches(directory);
  if (!place)
    return place.error();
  dataset data{
    .name = "cifar10", .shape = {3, 32, 32}, .classes = classes, .train = {}, .test = {}};
  data.train.pixels.reserve(50'000 * pixel_bytes);
  for (auto batch : {"1", "2", "3", "4", "5"})
    if (auto read = append(data.train, *place / ("data_batch_" + std::string{batch} + ".bin"));
        !read)
      return read.error();
  if (auto read = append(data.test, *place / "test_batch.bin"); !read)
    return read.error();
  return data;
}

} // namespace flwr
