#include "actors/ml/batch.hpp"

#include <algorithm>
#include <array>

namespace flwr {
namespace {

constexpr std::array<float, 256> make_pixel_values() {
  std::array<float, 256> values{};
  for (size_t x = 0; x < values.size(); ++x)
    values[x] = (static_cast<float>(x) / 255.0f - 0.5f) / 0.5f;
  return values;
}

constexpr auto pixel_values = make_pixel_values();

void copy_sample(const sample_set& samples, size_t index, size_t width, float* target) {
  auto first = index * width;
  if (samples.pixels.empty())
    std::copy_n(samples.features.data() + first, width, target);
  else
    std::transform(samples.pixels.data() + first, samples.pixels.data() + first + width, target,
                   [](uint8_t x) { return pixel_values[x]; });
}

} // namespace

batch::batch(const dataset& data, uint64_t capacity) {
  std::vector<int64_t> sizes{static_cast<int64_t>(capacity)};
  sizes.insert(sizes.end(), data.shape.begin(), data.shape.end());
  inputs_ = torch::empty(sizes, torch::kFloat32);
  labels_ = torch::empty({sizes[0]}, torch::kInt64);
}

void batch::fill(const sample_set& samples, std::span<const uint32_t> indices) {
  auto width = static_cast<size_t>(inputs_[0].numel());
  auto* target = inputs_.data_ptr<float>();
  auto* labels = labels_.data_ptr<int64_t>();
  size_ = static_cast<int64_t>(indices.size());
  for (auto index : indices) {
    copy_sample(samples, index, width, target);
    target += width;
    *labels++ = samples.labels[index];
  }
}

} // namespace flwr
