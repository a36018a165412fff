/// Readers of image files. All of a file is checked before any of it is used.
#pragma once

#include "actors/ml/datasets.hpp"
#include "messages/types.hpp"

#include <span>

namespace flwr {

/// Reads CIFAR-10's binary version: data_batch_1 ... 5.bin and test_batch.bin, in `directory` or in
/// its folder `cifar-10-batches-bin`. A record is a label (0 ... 9) and 3 planes of 32x32 pixels.
/// @errors  As `load_dataset`.
expected<dataset> read_cifar10(const std::filesystem::path& directory);

/// Reads `{train,t10k}-{images-idx3,labels-idx1}-ubyte[.gz]`.
/// @errors  As `load_dataset`.
expected<dataset> read_mnist(const std::string& name, const std::filesystem::path& directory);

/// A whole data file of at most `most_file_bytes`.
expected<bytes> read_data_file(const std::filesystem::path&);

constexpr uint64_t most_file_bytes = uint64_t{1} << 30;

/// What one gzip member holds: at most `most_file_bytes`.
/// @param name  Of the file, for errors.
/// @errors      corrupt -- no gzip, damaged, truncated, too long, or followed by other bytes.
expected<bytes> gunzip(std::span<const uint8_t> packed, const std::string& name);

/// An IDX file of unsigned bytes.
struct idx_file {
  std::vector<uint64_t> shape;
  bytes values; ///< Row-major.
};

/// @errors  corrupt -- wrong magic, other than `dimensions` of them, or a length that isn't theirs.
expected<idx_file> parse_idx(bytes file, size_t dimensions, const std::string& name);

} // namespace flwr
