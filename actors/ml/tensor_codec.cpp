#include "actors/ml/tensor_codec.hpp"

#include "actors/ipfs/safetensors.hpp"

#include <cstring>
#include <optional>
#include <utility>

namespace flwr {
namespace {

std::optional<dtype> dtype_of(torch::ScalarType type) {
  switch (type) {
  case torch::kInt64:
    return dtype::i64;
  case torch::kFloat64:
    return dtype::f64;
  case torch::kComplexFloat:
    return dtype::c64;
  case torch::kFloat32:
    return dtype::f32;
  case torch::kInt32:
    return dtype::i32;
  case torch::kBFloat16:
    return dtype::bf16;
  case torch::kFloat16:
    return dtype::f16;
  case torch::kInt16:
    return dtype::i16;
  case torch::kInt8:
    return dtype::i8;
  case torch::kUInt8:
    return dtype::u8;
  case torch::kBool:
    return dtype::boolean;
  default:
    return std::nullopt;
  }
}

} // namespace

expected<layout_ptr> layout_of(const std::vector<state_tensor>& state) {
  std::vector<tensor_spec> specs;
  for (const auto& entry : state) {
    auto type = dtype_of(entry.value.scalar_type());
    if (!type)
      return make_error(ec::usage, "tensor " + entry.name + " has elements of type "
                                     + c10::toString(entry.value.scalar_type())
                                     + ", which safetensors files don't have");
    auto sizes = entry.value.sizes();
    specs.push_back({entry.name, *type, {sizes.begin(), sizes.end()}});
  }
  return make_layout(std::move(specs));
}

void load(const parameters& model, const std::vector<state_tensor>& state) {
  for (size_t t = 0; t < state.size(); ++t) {
    auto source = model.tensor(t);
    if (!source.empty())
      std::memcpy(state[t].value.data_ptr(), source.data(), source.size());
  }
}

expected<parameters_ptr> store(const layout_ptr& shape, const std::vector<state_tensor>& state) {
  auto file = new_file(*shape);
  for (size_t t = 0; t < state.size(); ++t) {
    const auto& info = shape->tensors[t];
    if (info.size_bytes != 0)
      std::memcpy(file.data() + info.offset_bytes, state[t].value.data_ptr(), info.size_bytes);
  }
  return parameters_from(shape, std::make_shared<const bytes>(std::move(file)));
}

} // namespace flwr
