#pragma once

#include "messages/error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// Labelled samples, one after the other, each row-major in the shape of its data set.
struct sample_set {
  std::vector<uint8_t> pixels; ///< Of images, as read: 0 ... 255.
  std::vector<float> features; ///< Of everything else.
  std::vector<uint8_t> labels; ///< 0 ... classes - 1; one a sample.

  uint64_t size() const { return labels.size(); }
};

/// A task's data. One copy in memory, however many clients share it.
struct dataset {
  std::string name;
  std::vector<uint64_t> shape; ///< Of one sample: {channels, height, width} or {features}.
  uint64_t classes = 0;        ///< 2 ... 256.
  sample_set train;            ///< At least one sample, fewer than 2^32.
  sample_set test;             ///< As `train`.

  bool holds_images() const { return shape.size() == 3; }
};

using dataset_ptr = std::shared_ptr<const dataset>;

/// What `synthetic:...` asks for.
struct synthetic_spec {
  uint64_t features = 20;
  uint64_t classes = 2;
  uint64_t train = 10'000;
  uint64_t test = 2'000;
};

/// What `--data` asks for.
struct data_spec {
  std::string name;                     ///< One of `known_datasets`.
  std::filesystem::path directory = {}; ///< Where its files lie; empty if it has none.
  synthetic_spec synthetic = {};        ///< Of `synthetic` only.
};

/// `cifar10`, `fashion-mnist`, `mnist`, `synthetic`.
std::span<const std::string_view> known_datasets();

/// Reads `NAME[:DIR]` or `synthetic[:features=N,classes=N,train=N,test=N]`. Without DIR,
/// `fashion-mnist` is Debian's package and `cifar10` lies in the current directory. Pure.
/// @errors  usage -- with what is wrong and what is allowed.
expected<data_spec> parse_data(std::string_view);

/// The data set as everybody in a run must have it: its name and parameters, but not its place.
/// `parse_data` reads it back. Pure.
std::string describe(const data_spec&);

/// Loads a data set.
///
/// - `cifar10`: CIFAR-10's binary version, in the directory or its folder `cifar-10-batches-bin`.
/// - `fashion-mnist`, `mnist`: MNIST's four IDX files, plain or gzipped (`.gz`).
/// - `synthetic`: made by the `seed`. Class k has its centre at c_k ~ N(0, 1/4)^features; sample i
///   is of class i mod `classes`, at c_k + N(0, 1)^features. The numbers come from the Philox
///   streams "synthetic-centres", "synthetic-train" and "synthetic-test" of (seed, 0, 0).
///
/// @errors   missing -- no such directory or file; corrupt -- a file breaks its format (which,
/// where,
///           and what was expected); io -- it can't be read.
/// @source   https://www.cs.toronto.edu/~kriz/cifar.html, http://yann.lecun.com/exdb/mnist/
expected<dataset_ptr> load_dataset(const data_spec&, uint64_t seed);

} // namespace flwr
