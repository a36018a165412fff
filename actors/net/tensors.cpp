#include "actors/net/tensors.hpp"

#include "actors/ipfs/safetensors.hpp"
#include "actors/net/message_limits.hpp"
#include "actors/net/npy.hpp"

#include <algorithm>
#include <string>

namespace flwr::wire {
namespace {

constexpr auto tensor_type = "numpy.ndarray";

// Each tensor has a .npy header besides, and there are metrics.
constexpr uint64_t max_model_bytes = max_message_bytes - (uint64_t{64} << 20);

caf::error wrong(const tensor_info& about, const std::string& why) {
  return make_error(ec::corrupt, "tensor " + about.name + ": " + why);
}

std::span<const uint8_t> view_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

caf::error copy_tensor(const std::string& file, const tensor_info& about, bytes& to) {
  auto tensor = npy::read(view_of(file), about.size_bytes);
  if (!tensor)
    return wrong(about, render(tensor.error()));
  if (tensor->type != about.type || tensor->shape != about.shape)
    return wrong(about, "it has another type or shape than the model");
  std::ranges::copy(tensor->row_major, to.begin() + static_cast<ptrdiff_t>(about.offset_bytes));
  return {};
}

} // namespace

expected<void> append_tensors(const parameters& model, proto::Parameters& to) {
  if (model.layout->file_bytes > max_model_bytes)
    return make_error(ec::rejected, "the model passes 2 GiB, the most that Flower's protocol "
                                    "carries; use --exchange ipfs");
  to.set_tensor_type(tensor_type);
  for (size_t t = 0; t < model.layout->tensors.size(); ++t) {
    auto& about = model.layout->tensors[t];
    auto file = npy::write(about.type, about.shape, model.tensor(t));
    if (!file)
      return file.error();
    to.add_tensors(file->data(), file->size());
  }
  return caf::unit;
}

expected<parameters_ptr> tensors_in(const proto::Parameters& from, const layout_ptr& layout) {
  auto& wanted = layout->tensors;
  if (static_cast<size_t>(from.tensors_size()) != wanted.size())
    return make_error(ec::corrupt, std::to_string(from.tensors_size())
                                     + " tensors, but the model has "
                                     + std::to_string(wanted.size()));
  auto file = new_file(*layout);
  for (size_t t = 0; t < wanted.size(); ++t)
    if (auto problem = copy_tensor(from.tensors(static_cast<int>(t)), wanted[t], file))
      return problem;
  return std::make_shared<const parameters>(
    parameters{layout, std::make_shared<const bytes>(std::move(file))});
}

} // namespace flwr::wire
