#include "actors/ml/models.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "actors/ml/spec_text.hpp"
#include "messages/unknown_word.hpp"

#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

namespace flwr {
namespace {

using kind = model_spec::kind;

constexpr uint64_t widest = 1 << 20;
constexpr uint64_t kernel = 5;

expected<model_spec> parse_mlp(std::string_view text, std::string_view argument) {
  model_spec spec{.what = kind::mlp};
  if (argument.empty())
    return spec;
  auto wrong = make_error(ec::usage, "model '" + std::string{text}
                                       + "': mlp takes hidden=WIDTH,... with widths from 1 to "
                                         "1048576, as in mlp:hidden=200,100");
  constexpr std::string_view key = "hidden=";
  if (!argument.starts_with(key))
    return wrong;
  spec.hidden.clear();
  for (auto part : split(argument.substr(key.size()), ',')) {
    auto width = parse_number(part);
    if (!width || *width == 0 || *width > widest)
      return wrong;
    spec.hidden.push_back(*width);
  }
  return spec.hidden.empty() ? expected<model_spec>{wrong} : spec;
}

bool looks_like_a_file(std::string_view text) {
  return text.find('/') != text.npos || text.ends_with(".pt") || text.ends_with(".pth")
         || text.ends_with(".ts");
}

uint64_t product(const std::vector<uint64_t>& factors, size_t from = 0) {
  return std::accumulate(factors.begin() + static_cast<std::ptrdiff_t>(from), factors.end(),
                         uint64_t{1}, std::multiplies{});
}

/// Fully connected layers fc1, fc2, ...
void connect(std::vector<layer>& layers, uint64_t inputs, const std::vector<uint64_t>& widths) {
  for (size_t i = 0; i < widths.size(); ++i) {
    layers.push_back({"fc" + std::to_string(i + 1), {widths[i], inputs}});
    inputs = widths[i];
  }
}

expected<std::vector<layer>> cnn_layers(const dataset& data) {
  auto pooled = [](uint64_t side) { return (side - (kernel - 1)) / 2; };
  constexpr uint64_t smallest = 16; // pooled(pooled(16)) == 1
  if (!data.holds_images() || data.shape[1] < smallest || data.shape[2] < smallest)
    return make_error(ec::usage, "model cnn needs images of at least 16x16 pixels, which data set "
                                   + data.name + " hasn't; use mlp or logistic");
  std::vector<layer> layers{{"conv1", {6, data.shape[0], kernel, kernel}},
                            {"conv2", {16, 6, kernel, kernel}}};
  auto area = pooled(pooled(data.shape[1])) * pooled(pooled(data.shape[2]));
  connect(layers, 16 * area, {120, 84, data.classes});
  return layers;
}

std::vector<tensor_spec> tensors_of(const std::vector<layer>& layers) {
  std::vector<tensor_spec> tensors;
  for (const auto& l : layers) {
    tensors.push_back({l.name + ".weight", dtype::f32, l.weight});
    tensors.push_back({l.name + ".bias", dtype::f32, {l.weight.front()}});
  }
  return tensors;
}

void draw(bytes& file, const tensor_info& tensor, float bound, philox& random) {
  for (uint64_t at = 0; at < tensor.size_bytes; at += sizeof(float)) {
    auto value = bound * (2 * random.uniform() - 1);
    std::memcpy(file.data() + tensor.offset_bytes + at, &value, sizeof value);
  }
}

} // namespace

uint64_t layer::fan_in() const { return product(weight, 1); }

expected<model_spec> parse_model(std::string_view text) {
  auto [name, argument] = split_name(text);
  if (name == "mlp")
    return parse_mlp(text, argument);
  if (text == "cnn" || text == "logistic")
    return model_spec{.what = text == "cnn" ? kind::cnn : kind::logistic};
  if (looks_like_a_file(text))
    return model_spec{.what = kind::torchscript, .hidden = {}, .file = text};
  static constexpr std::string_view known[]{
    "cnn", "mlp[:hidden=WIDTH,...]", "logistic",
    "TorchScript files (with a / in the name, or .pt, .pth, .ts at its end)"};
  return unknown_word("model", text, known);
}

model_spec default_model(const dataset& data) {
  return {.what = data.holds_images() ? kind::cnn : kind::logistic};
}

std::string describe(const model_spec& spec) {
  switch (spec.what) {
  case kind::cnn:
    return "cnn";
  case kind::logistic:
    return "logistic";
  case kind::torchscript:
    return "torchscript";
  case kind::mlp:
    break;
  }
  std::string text = "mlp:hidden=";
  for (size_t i = 0; i < spec.hidden.size(); ++i)
    text += (i == 0 ? "" : ",") + std::to_string(spec.hidden[i]);
  return text;
}

expected<std::vector<layer>> layers_of(const model_spec& spec, const dataset& data) {
  std::vector<layer> layers;
  auto inputs = product(data.shape);
  auto widths = spec.hidden;
  widths.push_back(data.classes);
  switch (spec.what) {
  case kind::cnn:
    return cnn_layers(data);
  case kind::mlp:
    connect(layers, inputs, widths);
    return layers;
  case kind::logistic:
    layers.push_back({"fc", {data.classes, inputs}});
    return layers;
  case kind::torchscript:
    break;
  }
  return make_error(ec::bug, "the layers of a TorchScript file are its own");
}

expected<parameters_ptr> draw_genesis(const std::vector<layer>& layers, uint64_t seed) {
  auto shape = make_layout(tensors_of(layers));
  if (!shape)
    return shape.error();
  auto file = new_file(**shape);
  philox random{stream_key("genesis", seed, 0, 0)};
  for (size_t t = 0; t < (*shape)->tensors.size(); ++t) {
    auto bound = static_cast<float>(1 / std::sqrt(static_cast<double>(layers[t / 2].fan_in())));
    draw(file, (*shape)->tensors[t], bound, random);
  }
  return parameters_from(*shape, std::make_shared<const bytes>(std::move(file)));
}

} // namespace flwr
