/// Small models for the tests of averaging.
#pragma once

#include "messages/parameters.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace flwr {

/// A layout of one-dimensional tensors "t0", "t1", ... with `count` elements each, behind a header
/// of eight spaces.
inline layout_ptr layout_of(const std::vector<std::pair<dtype, uint64_t>>& tensors) {
  auto size_of = [](dtype type) -> uint64_t {
    switch (type) {
    case dtype::u64:
    case dtype::i64:
    case dtype::f64:
    case dtype::c64:
      return 8;
    case dtype::f32:
    case dtype::u32:
    case dtype::i32:
      return 4;
    case dtype::bf16:
    case dtype::f16:
    case dtype::u16:
    case dtype::i16:
      return 2;
    default:
      return 1;
    }
  };
  layout made{.tensors = {}, .header = bytes(8, ' '), .file_bytes = 8};
  for (auto [type, count] : tensors) {
    auto name = "t" + std::to_string(made.tensors.size());
    made.tensors.push_back({name, type, {count}, made.file_bytes, count * size_of(type)});
    made.file_bytes += count * size_of(type);
  }
  return std::make_shared<const layout>(made);
}

template <class T>
bytes bytes_of(const std::vector<T>& values) {
  bytes data(values.size() * sizeof(T));
  if (!data.empty())
    std::memcpy(data.data(), values.data(), data.size());
  return data;
}

/// The model that holds these tensors' bytes, one after the other as in `layout_of`.
inline parameters model_of(const layout_ptr& layout, const std::vector<bytes>& tensors) {
  auto file = layout->header;
  for (const auto& tensor : tensors)
    file.insert(file.end(), tensor.begin(), tensor.end());
  return {layout, std::make_shared<const bytes>(file)};
}

template <class T>
std::vector<T> values_of(const parameters& model, size_t t) {
  auto data = model.tensor(t);
  std::vector<T> values(data.size() / sizeof(T));
  if (!values.empty())
    std::memcpy(values.data(), data.data(), data.size());
  return values;
}

} // namespace flwr
