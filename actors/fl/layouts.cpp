#include "actors/fl/layouts.hpp"

#include "actors/fl/element_types.hpp"

namespace flwr {
namespace {

expected<void> check_tensor(const tensor_info& tensor, const layout& whole) {
  uint64_t size_bytes = 0;
  bool known = visit_element(
    tensor.type, [&](auto element) { size_bytes = sizeof(typename decltype(element)::word); });
  if (!known)
    return make_error(ec::rejected, name_of(tensor)
                                      + ": its type can't be averaged; use float32, "
                                        "float16, bfloat16, an integer type or bool");
  for (auto extent : tensor.shape)
    if (__builtin_mul_overflow(size_bytes, extent, &size_bytes))
      return make_error(ec::corrupt, name_of(tensor) + ": its shape overflows 64 bits");
  bool inside = tensor.offset_bytes >= whole.header.size()
                && tensor.offset_bytes <= whole.file_bytes
                && size_bytes <= whole.file_bytes - tensor.offset_bytes;
  if (!inside || size_bytes != tensor.size_bytes)
    return make_error(ec::corrupt, name_of(tensor)
                                     + ": its bytes don't lie inside the file as its "
                                       "shape says");
  return caf::unit;
}

std::string difference(const layout& ours, const layout& theirs) {
  if (ours.tensors.size() != theirs.tensors.size())
    return std::to_string(theirs.tensors.size()) + " tensors where the run's model has "
           + std::to_string(ours.tensors.size());
  for (size_t t = 0; t < ours.tensors.size(); ++t)
    if (ours.tensors[t] != theirs.tensors[t])
      return name_of(theirs.tensors[t]) + " differs from the run's " + name_of(ours.tensors[t])
             + " in name, type, shape or place";
  return "its header differs from the run's";
}

} // namespace

expected<void> can_average(const layout& layout) {
  if (layout.header.size() > layout.file_bytes)
    return make_error(ec::corrupt, "the layout's header is longer than its file");
  for (const auto& tensor : layout.tensors)
    if (auto ok = check_tensor(tensor, layout); !ok)
      return ok;
  return caf::unit;
}

expected<void> same_layout(const layout& ours, const layout& theirs) {
  if (&ours == &theirs || ours == theirs)
    return caf::unit;
  return make_error(ec::corrupt, "another layout: " + difference(ours, theirs));
}

std::string name_of(const tensor_info& tensor) { return "tensor '" + tensor.name + "'"; }

} // namespace flwr
