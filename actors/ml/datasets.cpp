#include "actors/ml/datasets.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ml/image_files.hpp"
#include "actors/ml/spec_text.hpp"
#include "messages/unknown_word.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace flwr {
namespace {

constexpr auto fashion_mnist_package = "/usr/share/datasets/fashion-mnist";
constexpr uint64_t most_features = 1 << 16;
constexpr uint64_t most_samples = 1 << 28;
constexpr uint64_t most_values = uint64_t{1} << 32;

expected<synthetic_spec> parse_synthetic(std::string_view text) {
  synthetic_spec spec;
  for (auto [key, value] : split_pairs(text)) {
    auto number = parse_number(value);
    auto set = [&](uint64_t& target, uint64_t min, uint64_t max) {
      return number && min <= *number && *number <= max && (target = *number, true);
    };
    if (key == "features"  ? set(spec.features, 1, most_features)
        : key == "classes" ? set(spec.classes, 2, 256)
        : key == "train"   ? set(spec.train, 1, most_samples)
                           : key == "test" && set(spec.test, 1, most_samples))
      continue;
    return make_error(ec::usage, "synthetic data set: '" + std::string{key} + "="
                                   + std::string{value}
                                   + "' can't be; allowed are features=1...65536, "
                                     "classes=2...256, train=1...2^28 and test=1...2^28");
  }
  if (std::max(spec.train, spec.test) * spec.features > most_values)
    return make_error(ec::usage, "synthetic data set: samples times features is more than 2^32; "
                                 "ask for fewer of either");
  return spec;
}

std::string default_directory(std::string_view name) {
  if (name == "fashion-mnist")
    return fashion_mnist_package;
  return name == "cifar10" ? "." : "";
}

std::vector<float> draw_centres(const synthetic_spec& spec, uint64_t seed) {
  philox random{stream_key("synthetic-centres", seed, 0, 0)};
  std::vector<float> centres(spec.classes * spec.features);
  for (auto& x : centres)
    x = static_cast<float>(0.5 * random.normal());
  return centres;
}

sample_set draw_samples(const synthetic_spec& spec, const std::vector<float>& centres,
                        uint64_t count, philox random) {
  sample_set samples;
  samples.features.reserve(count * spec.features);
  for (uint64_t i = 0; i < count; ++i) {
    auto label = i % spec.classes;
    samples.labels.push_back(static_cast<uint8_t>(label));
    for (uint64_t f = 0; f < spec.features; ++f) {
      auto noise = static_cast<float>(random.normal());
      samples.features.push_back(centres[label * spec.features + f] + noise);
    }
  }
  return samples;
}

dataset make_synthetic(const synthetic_spec& spec, uint64_t seed) {
  auto centres = draw_centres(spec, seed);
  auto draw = [&](uint64_t count, std::string_view purpose) {
    return draw_samples(spec, centres, count, philox{stream_key(purpose, seed, 0, 0)});
  };
  return {.name = "synthetic",
          .shape = {spec.features},
          .classes = spec.classes,
          .train = draw(spec.train, "synthetic-train"),
          .test = draw(spec.test, "synthetic-test")};
}

expected<dataset> load(const data_spec& spec, uint64_t seed) {
  if (spec.name == "cifar10")
    return read_cifar10(spec.directory);
  if (spec.name == "synthetic")
    return make_synthetic(spec.synthetic, seed);
  return read_mnist(spec.name, spec.directory);
}

} // namespace

std::span<const std::string_view> known_datasets() {
  static constexpr std::string_view names[]{"cifar10", "fashion-mnist", "mnist", "synthetic"};
  return names;
}

expected<data_spec> parse_data(std::string_view text) {
  auto [name, rest] = split_name(text);
  if (std::ranges::find(known_datasets(), name) == known_datasets().end())
    return unknown_word("data set", name, known_datasets());
  data_spec spec{.name = std::string{name}};
  if (name == "synthetic") {
    auto parsed = parse_synthetic(rest);
    if (!parsed)
      return parsed.error();
    spec.synthetic = *parsed;
    return spec;
  }
  spec.directory = rest.empty() ? default_directory(name) : std::string{rest};
  if (spec.directory.empty())
    return make_error(ec::usage,
                      "data set " + spec.name + ": say where its files are, " + spec.name + ":DIR");
  return spec;
}

std::string describe(const data_spec& spec) {
  if (spec.name != "synthetic")
    return spec.name;
  const auto& s = spec.synthetic;
  return "synthetic:features=" + std::to_string(s.features)
         + ",classes=" + std::to_string(s.classes) + ",train=" + std::to_string(s.train)
         + ",test=" + std::to_string(s.test);
}

expected<dataset_ptr> load_dataset(const data_spec& spec, uint64_t seed) {
  auto loaded = load(spec, seed);
  if (!loaded)
    return loaded.error();
  return std::make_shared<const dataset>(std::move(*loaded));
}

} // namespace flwr
