#include "actors/net/npy.hpp"

#include "actors/ipfs/safetensors.hpp"
#include "actors/net/npy_header.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace flwr::npy {
namespace {

constexpr size_t alignment = 64;
constexpr size_t growth_digits = 21; // NumPy leaves room for the first dimension to grow.
constexpr size_t prefix_bytes = 10;

caf::error broken(const std::string& why) { return make_error(ec::corrupt, ".npy: " + why); }

std::string shape_text(std::span<const uint64_t> shape) {
  std::string text = "(";
  for (auto dimension : shape)
    text += std::to_string(dimension) + ", ";
  if (shape.size() == 1)
    text.pop_back();
  else if (!shape.empty())
    text.resize(text.size() - 2);
  return text + ")";
}

std::string header_text(std::string_view type_name, std::span<const uint64_t> shape) {
  auto text = "{'descr': '" + std::string{type_name}
              + "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  if (!shape.empty())
    text.append(growth_digits - std::to_string(shape[0]).size(), ' ');
  auto used = prefix_bytes + text.size() + 1;
  text.append((alignment - used % alignment) % alignment, ' ');
  return text + "\n";
}

/// Bytes of so many elements; nothing if they are more than `most`.
std::optional<uint64_t> size_of_data(const header& about, uint64_t most) {
  uint64_t size = size_of(about.type);
  for (auto dimension : about.shape)
    if (__builtin_mul_overflow(size, dimension, &size))
      return std::nullopt;
  return size > most ? std::nullopt : std::optional{size};
}

void swap_bytes(bytes& data, size_t element_bytes) {
  for (size_t at = 0; at < data.size(); at += element_bytes)
    std::reverse(data.begin() + static_cast<ptrdiff_t>(at),
                 data.begin() + static_cast<ptrdiff_t>(at + element_bytes));
}

/// Column-major to row-major: counts through the row-major places, the last dimension first.
bytes transposed(std::span<const uint8_t> from, const std::vector<uint64_t>& shape,
                 size_t element_bytes) {
  std::vector<uint64_t> place(shape.size()), stride(shape.size());
  uint64_t step = element_bytes;
  for (size_t d = 0; d < shape.size(); ++d) {
    stride[d] = step;
    step *= shape[d];
  }
  bytes to(from.size());
  uint64_t source = 0;
  for (size_t at = 0; at < to.size(); at += element_bytes) {
    std::memcpy(to.data() + at, from.data() + source, element_bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      source += stride[d];
      if (++place[d] < shape[d])
        break;
      source -= stride[d] * shape[d];
      place[d] = 0;
    }
  }
  return to;
}

} // namespace

expected<bytes> write(dtype type, std::span<const uint64_t> shape,
                      std::span<const uint8_t> row_major) {
  auto name = npy::name_of(type);
  if (name.empty())
    return make_error(ec::rejected, "NumPy has no type for tensors of "
                                      + std::string{flwr::name_of(type)}
                                      + "; exchange them by IPFS (--exchange ipfs)");
  auto text = header_text(name, shape);
  bytes file{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  file.reserve(prefix_bytes + text.size() + row_major.size());
  file.push_back(static_cast<uint8_t>(text.size()));
  file.push_back(static_cast<uint8_t>(text.size() >> 8));
  file.insert(file.end(), text.begin(), text.end());
  file.insert(file.end(), row_major.begin(), row_major.end());
  return file;
}

expected<tensor> read(std::span<const uint8_t> file, uint64_t max_data_bytes) {
  auto about = read_header(file);
  if (!about)
    return about.error();
  auto data = file.subspan(about->data_offset);
  auto size = size_of_data(*about, max_data_bytes);
  if (!size)
    return broken("its shape says more than the " + std::to_string(max_data_bytes)
                  + " bytes that are allowed");
  if (data.size() != *size)
    return broken("its shape says " + std::to_string(*size) + " bytes, but there are "
                  + std::to_string(data.size()));
  auto element_bytes = size_of(about->type);
  tensor found{about->type, about->shape, {}};
  found.row_major = about->fortran_order && about->shape.size() > 1
                      ? transposed(data, about->shape, element_bytes)
                      : bytes{data.begin(), data.end()};
  if (about->big_endian)
    swap_bytes(found.row_major, element_bytes);
  return found;
}

} // namespace flwr::npy
