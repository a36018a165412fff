#include "actors/ml/image_files.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace fs = std::filesystem;

uint64_t big_endian(const bytes& file, size_t at) {
  return uint64_t{file[at]} << 24 | uint64_t{file[at + 1]} << 16 | uint64_t{file[at + 2]} << 8
         | file[at + 3];
}

std::string describe_magic(const bytes& file) {
  std::string text;
  for (size_t i = 0; i < 4; ++i)
    text += (i == 0 ? "" : " ") + std::to_string(file[i]);
  return text;
}

/// The file `name` of `directory`, or the gzipped one beside it, unpacked.
expected<bytes> read_maybe_packed(const fs::path& directory, const std::string& name) {
  std::error_code ignored;
  if (auto plain = directory / name; fs::exists(plain, ignored))
    return read_data_file(plain);
  auto packed = directory / (name + ".gz");
  auto file = read_data_file(packed);
  if (!file)
    return file;
  return gunzip(*file, packed.string());
}

expected<idx_file> read_idx(const fs::path& directory, const std::string& name, size_t dimensions) {
  auto file = read_maybe_packed(directory, name);
  if (!file)
    return file.error();
  return parse_idx(std::move(*file), dimensions, (directory / name).string());
}

struct image_set {
  std::vector<uint64_t> shape; ///< Of one image.
  sample_set samples;
};

expected<void> check_labels(const idx_file& images, const idx_file& labels,
                            const std::string& where) {
  if (images.shape[0] != labels.shape[0])
    return make_error(ec::corrupt, where + ": " + std::to_string(images.shape[0]) + " images but "
                                     + std::to_string(labels.shape[0])
                                     + " labels; the files don't belong together");
  auto wrong = std::ranges::find_if(labels.values, [](uint8_t label) { return label > 9; });
  if (wrong == labels.values.end())
    return caf::unit;
  return make_error(ec::corrupt, where + "-labels-idx1-ubyte: record "
                                   + std::to_string(wrong - labels.values.begin()) + " has label "
                                   + std::to_string(*wrong)
                                   + " where 0 ... 9 are allowed; the file is damaged");
}

/// @param part  `train` or `t10k`.
expected<image_set> read_part(const fs::path& directory, const std::string& part) {
  auto images = read_idx(directory, part + "-images-idx3-ubyte", 3);
  if (!images)
    return images.error();
  auto labels = read_idx(directory, part + "-labels-idx1-ubyte", 1);
  if (!labels)
    return labels.error();
  if (auto fine = check_labels(*images, *labels, (directory / part).string()); !fine)
    return fine.error();
  image_set set{.shape = {1, images->shape[1], images->shape[2]}, .samples = {}};
  set.samples.pixels = std::move(images->values);
  set.samples.labels = std::move(labels->values);
  return set;
}

std::string advice(const std::string& name) {
  if (name == "fashion-mnist")
    return "install Debian's package (apt install dataset-fashion-mnist) or say fashion-mnist:DIR";
  return "get the four files of MNIST (train-images-idx3-ubyte.gz and so on) and say mnist:DIR";
}

} // namespace

expected<idx_file> parse_idx(bytes file, size_t dimensions, const std::string& name) {
  auto header_bytes = 4 + 4 * dimensions;
  if (file.size() < header_bytes)
    return make_error(ec::corrupt, name + ": " + std::to_string(file.size())
                                     + " bytes are too few for an IDX header of "
                                     + std::to_string(header_bytes) + "; the file is damaged");
  if (file[0] != 0 || file[1] != 0 || file[2] != 8 || file[3] != dimensions)
    return make_error(ec::corrupt, name + ": starts with bytes " + describe_magic(file)
                                     + " where IDX has 0 0 8 " + std::to_string(dimensions)
                                     + " (unsigned bytes in " + std::to_string(dimensions)
                                     + " dimensions); it is another file");
  idx_file idx;
  uint64_t values = 1;
  for (size_t d = 0; d < dimensions; ++d) {
    idx.shape.push_back(big_endian(file, 4 + 4 * d));
    if (idx.shape.back() == 0 || __builtin_mul_overflow(values, idx.shape.back(), &values))
      return make_error(ec::corrupt, name + ": dimension " + std::to_string(d) + " (byte "
                                       + std::to_string(4 + 4 * d) + ") is "
                                       + std::to_string(idx.shape.back())
                                       + ", which can't be; the file is damaged");
  }
  if (values != file.size() - header_bytes)
    return make_error(
      ec::corrupt, name + ": the header promises " + std::to_string(values) + " bytes of data, but "
                     + std::to_string(file.size() - header_bytes) + " follow; the file is damaged");
  file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  idx.values = std::move(file);
  return idx;
}

expected<dataset> read_mnist(const std::string& name, const fs::path& directory) {
  if (std::error_code ignored; !fs::is_directory(directory, ignored))
    return make_error(ec::missing, "data set " + name + ": " + directory.string()
                                     + " is no directory; " + advice(name));
  auto train = read_part(directory, "train");
  if (!train)
    return train.error();
  auto test = read_part(directory, "t10k");
  if (!test)
    return test.error();
  if (train->shape != test->shape)
    return make_error(ec::corrupt, directory.string()
                                     + ": the training and test images differ "
                                       "in size; they don't belong together");
  return dataset{.name = name,
                 .shape = std::move(train->shape),
                 .classes = 10,
                 .train = std::move(train->samples),
                 .test = std::move(test->samples)};
}

} // namespace flwr
