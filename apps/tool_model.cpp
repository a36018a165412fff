#include "apps/tool_model.hpp"

#include "actors/fl/element_types.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "apps/tool_files.hpp"
#include "messages/printable.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace flwr {
namespace {

namespace json = boost::json;

struct float64_element {
  using word = uint64_t;
  static constexpr word magnitude = 0x7fff'ffff'ffff'ffff;
  static constexpr float_format format{52, 11};
  static double value(word w) { return std::bit_cast<double>(w); }
};

template <class Element>
tensor_statistics collected(std::span<const uint8_t> data) {
  using word = typename Element::word;
  constexpr auto infinity = ((word{1} << Element::format.exponent_bits) - 1)
                            << Element::format.fraction_bits;
  tensor_statistics found;
  double squares = 0;
  for (size_t i = 0; i < data.size() / sizeof(word); ++i) {
    auto pattern = load<word>(data.data(), i);
    auto size = pattern & Element::magnitude;
    found.nan += size > infinity;
    found.infinite += size == infinity;
    if (size >= infinity)
      continue;
    double value = Element::value(pattern);
    squares += value * value;
    found.min = std::min(found.min.value_or(value), value);
    found.max = std::max(found.max.value_or(value), value);
  }
  found.l2_norm = std::sqrt(squares);
  return found;
}

std::string shape_text(const tensor_info& tensor) {
  std::string text;
  for (auto size : tensor.shape)
    text += (text.empty() ? "" : ",") + std::to_string(size);
  return "[" + text + "]";
}

uint64_t total(const parameters& model, const std::function<uint64_t(size_t)>& of_tensor) {
  uint64_t sum = 0;
  for (size_t t = 0; t < model.layout->tensors.size(); ++t)
    sum += of_tensor(t);
  return sum;
}

json::value number_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? json::value(*value) : json::value(nullptr);
}

json::object tensor_object(const parameters& model, size_t t) {
  const auto& tensor = model.layout->tensors[t];
  json::object object = {{"name", tensor.name},
                         {"dtype", name_of(tensor.type)},
                         {"shape", json::value_from(tensor.shape)},
                         {"elements", elements_of(tensor)},
                         {"bytes", tensor.size_bytes}};
  if (auto statistics = statistics_of(model, t)) {
    object["l2_norm"] = number_or_null(statistics->l2_norm);
    object["min"] = number_or_null(statistics->min);
    object["max"] = number_or_null(statistics->max);
    object["nan"] = statistics->nan;
    object["infinite"] = statistics->infinite;
  }
  return object;
}

using cells = std::vector<std::string>;

cells row_of(const parameters& model, size_t t) {
  const auto& tensor = model.layout->tensors[t];
  cells row = {printable(tensor.name), std::string{name_of(tensor.type)}, shape_text(tensor),
               std::to_string(elements_of(tensor))};
  auto statistics = statistics_of(model, t);
  auto number = [](std::optional<double> value) { return value ? shortest(*value) : "-"; };
  if (!statistics)
    return row.insert(row.end(), 5, "-"), row;
  row.insert(row.end(),
             {number(statistics->l2_norm), number(statistics->min), number(statistics->max),
              std::to_string(statistics->nan), std::to_string(statistics->infinite)});
  return row;
}

/// Rows of equally many cells as columns, two spaces apart.
std::string aligned(const std::vector<cells>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  std::string text;
  for (const auto& row : rows) {
    for (size_t column = 0; column + 1 < row.size(); ++column)
      text += row[column] + std::string(widths[column] - row[column].size() + 2, ' ');
    text += row.back() + "\n";
  }
  return text;
}

} // namespace

std::optional<tensor_statistics> statistics_of(const parameters& model, size_t t) {
  auto data = model.tensor(t);
  switch (model.layout->tensors[t].type) {
  case dtype::f64:
    return collected<float64_element>(data);
  case dtype::f32:
    return collected<float32_element>(data);
  case dtype::f16:
    return collected<float16_element>(data);
  case dtype::bf16:
    return collected<bfloat16_element>(data);
  default:
    return std::nullopt;
  }
}

uint64_t elements_of(const tensor_info& tensor) {
  return std::accumulate(tensor.shape.begin(), tensor.shape.end(), uint64_t{1}, std::multiplies{});
}

std::string model_text(const parameters& model, const std::string& content_id) {
  const auto& tensors = model.layout->tensors;
  std::vector<cells> rows = {
    {"name", "dtype", "shape", "elements", "l2 norm", "min", "max", "NaN", "Inf"}};
  for (size_t t = 0; t < tensors.size(); ++t)
    rows.push_back(row_of(model, t));
  auto elements = total(model, [&](size_t t) { return elements_of(tensors[t]); });
  return aligned(rows) + "\n" + std::to_string(tensors.size()) + " tensors, "
         + std::to_string(elements) + " elements, " + std::to_string(model.file->size())
         + " bytes\ncontent id: " + content_id + "\n";
}

std::string model_json(const parameters& model, const std::string& content_id) {
  const auto& tensors = model.layout->tensors;
  json::array list;
  for (size_t t = 0; t < tensors.size(); ++t)
    list.push_back(tensor_object(model, t));
  return json::serialize(json::object{
    {"schema", "flwr-actor/model/1"},
    {"content_id", content_id},
    {"bytes", model.file->size()},
    {"elements", total(model, [&](size_t t) { return elements_of(tensors[t]); })},
    {"tensors", std::move(list)},
  });
}

} // namespace flwr
