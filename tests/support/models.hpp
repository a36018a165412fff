/// Small models for tests.
#pragma once

#include "actors/ipfs/safetensors.hpp"
#include "messages/parameters.hpp"

#include <cstring>
#include <memory>
#include <vector>

namespace flwr::test {

/// A layout of one float32 tensor "w" of `count` elements.
inline layout_ptr vector_layout(size_t count) { return *make_layout({{"w", dtype::f32, {count}}}); }

/// A model of that layout.
inline parameters_ptr vector_model(const std::vector<float>& values) {
  auto shape = vector_layout(values.size());
  auto file = new_file(*shape);
  std::memcpy(file.data() + shape->header.size(), values.data(), values.size() * sizeof(float));
  return std::make_shared<const parameters>(
    parameters{shape, std::make_shared<const bytes>(std::move(file))});
}

/// The values of such a model.
inline std::vector<float> values_of(const parameters& model) {
  auto tensor = model.tensor(0);
  std::vector<float> values(tensor.size() / sizeof(float));
  std::memcpy(values.data(), tensor.data(), tensor.size());
  return values;
}

} // namespace flwr::test
