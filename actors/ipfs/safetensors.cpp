#include "actors/ipfs/safetensors.hpp"

#include "actors/ipfs/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

namespace flwr {
namespace {

constexpr size_t length_bytes = 8;

struct type_row {
  std::string_view name;
  size_t size;
};

// In the order of the enum.
constexpr std::array<type_row, 17> types{{{"U64", 8},
                                          {"I64", 8},
                                          {"F64", 8},
                                          {"C64", 8},
                                          {"F32", 4},
                                          {"U32", 4},
                                          {"I32", 4},
                                          {"BF16", 2},
                                          {"F16", 2},
                                          {"U16", 2},
                                          {"I16", 2},
                                          {"F8_E8M0", 1},
                                          {"F8_E4M3", 1},
                                          {"F8_E5M2", 1},
                                          {"I8", 1},
                                          {"U8", 1},
                                          {"BOOL", 1}}};

const type_row& row_of(dtype type) { return types[static_cast<size_t>(type)]; }

/// Bytes of a tensor, if 64 bits hold them and every product on the way, as in the reference.
std::optional<uint64_t> bytes_of(dtype type, const std::vector<uint64_t>& shape) {
  uint64_t product = 1;
  for (auto dimension : shape)
    if (__builtin_mul_overflow(product, dimension, &product))
      return std::nullopt;
  if (__builtin_mul_overflow(product, size_of(type), &product))
    return std::nullopt;
  return product;
}

/// Length, JSON and padding to a multiple of 8.
bytes framed(std::string json) {
  json.resize((json.size() + 7) / 8 * 8, ' ');
  bytes header(length_bytes);
  for (size_t i = 0; i < length_bytes; ++i)
    header[i] = static_cast<uint8_t>(json.size() >> (8 * i));
  header.insert(header.end(), json.begin(), json.end());
  return header;
}

uint64_t length_in(std::span<const uint8_t> file) {
  uint64_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i)
    length |= uint64_t{file[i]} << (8 * i);
  return length;
}

bool starts_with(std::span<const uint8_t> file, std::initializer_list<uint8_t> magic) {
  return file.size() >= magic.size() && std::equal(magic.begin(), magic.end(), file.begin());
}

/// Says what a file is that can't be safetensors, where that is easily seen.
caf::error not_safetensors(std::span<const uint8_t> file, std::string why) {
  constexpr auto advice = ", not safetensors: such files can run code when they are loaded. Write "
                          "the model again with safetensors.torch.save_file";
  if (starts_with(file, {'P', 'K', 3, 4}))
    return make_error(ec::corrupt,
                      std::string{"this is a ZIP archive (torch.save, TorchScript)"} + advice);
  if (starts_with(file, {0x80}) && file.size() > 1 && file[1] >= 2 && file[1] <= 5)
    return make_error(ec::corrupt, std::string{"this is a Python pickle"} + advice);
  return make_error(ec::corrupt, "this is no whole safetensors file: " + std::move(why));
}

/// Gives each tensor its place; `order` is the order in the file. The data starts at 0.
expected<uint64_t> place(const std::vector<tensor_info*>& order) {
  uint64_t end = 0;
  for (auto* tensor : order) {
    auto size = bytes_of(tensor->type, tensor->shape);
    tensor->offset_bytes = end;
    if (!size || __builtin_add_overflow(end, *size, &end))
      return make_error(ec::rejected, "the tensor " + shown_name(tensor->name)
                                        + " is too large: its bytes pass 2^64");
    tensor->size_bytes = *size;
  }
  return end;
}

/// Whether a reader takes what was just written: repeated and unusable names fail here.
caf::error check_written(const std::string& json) {
  if (json.size() > max_header_bytes)
    return make_error(ec::rejected, "the tensors' names and shapes pass 100,000,000 bytes");
  if (auto read = parse_header(json); !read)
    return make_error(ec::rejected, "no file can hold these tensors: " + render(read.error()));
  return {};
}

/// Whether the tensors, sorted, cover the data without holes or overlaps.
caf::error check_ranges(const std::vector<tensor_info>& tensors, uint64_t data_bytes) {
  uint64_t end = 0;
  for (const auto& tensor : tensors) {
    auto where = "safetensors: the tensor " + shown_name(tensor.name);
    if (tensor.offset_bytes != end)
      return make_error(
        ec::corrupt, where + " starts at byte " + std::to_string(tensor.offset_bytes)
                       + " of the data, but the tensors before it end at " + std::to_string(end));
    if (bytes_of(tensor.type, tensor.shape) != tensor.size_bytes)
      return make_error(ec::corrupt, where + " has a shape that doesn't give its "
                                       + std::to_string(tensor.size_bytes) + " bytes");
    end += tensor.size_bytes;
  }
  if (end != data_bytes)
    return make_error(ec::corrupt, "safetensors: the tensors end at byte " + std::to_string(end)
                                     + " of the data, but the file has "
                                     + std::to_string(data_bytes));
  return {};
}

} // namespace

std::string_view name_of(dtype type) { return row_of(type).name; }

std::optional<dtype> dtype_from(std::string_view name) {
  auto row = std::ranges::find(types, name, &type_row::name);
  if (row == types.end())
    return std::nullopt;
  return static_cast<dtype>(std::distance(types.begin(), row));
}

size_t size_of(dtype type) { return row_of(type).size; }

expected<layout_ptr> make_layout(std::vector<tensor_spec> tensors) {
  layout made;
  for (auto& spec : tensors)
    made.tensors.push_back({std::move(spec.name), spec.type, std::move(spec.shape), 0, 0});
  std::vector<tensor_info*> order;
  for (auto& tensor : made.tensors)
    order.push_back(&tensor);
  std::ranges::stable_sort(order, {}, [](auto* t) { return std::tie(t->type, t->name); });
  auto data_bytes = place(order);
  if (!data_bytes)
    return data_bytes.error();
  auto json = write_header({order.begin(), order.end()});
  if (auto refused = check_written(json))
    return refused;
  made.header = framed(std::move(json));
  if (__builtin_add_overflow(made.header.size(), *data_bytes, &made.file_bytes))
    return make_error(ec::rejected, "the tensors and their header pass 2^64 bytes");
  for (auto& tensor : made.tensors)
    tensor.offset_bytes += made.header.size();
  return std::make_shared<const layout>(std::move(made));
}

expected<layout_ptr> read_layout(std::span<const uint8_t> file) {
  if (file.size() < length_bytes)
    return not_safetensors(file, "it has only " + std::to_string(file.size()) + " bytes");
  auto length = length_in(file);
  if (length > max_header_bytes || length > file.size() - length_bytes)
    return not_safetensors(file, "its header claims " + std::to_string(length) + " bytes of "
                                   + std::to_string(file.size()) + " (at most 100,000,000)");
  auto start = length_bytes + length;
  std::string_view json{reinterpret_cast<const char*>(file.data()) + length_bytes, length};
  if (!json.starts_with('{'))
    return make_error(ec::corrupt, "safetensors: the header doesn't start with '{'");
  auto tensors = parse_header(json);
  if (!tensors)
    return tensors.error();
  std::ranges::stable_sort(*tensors, {}, [](auto& t) {
    return std::tuple{t.offset_bytes, t.size_bytes};
  });
  if (auto wrong = check_ranges(*tensors, file.size() - start))
    return wrong;
  for (auto& tensor : *tensors)
    tensor.offset_bytes += start;
  return std::make_shared<const layout>(
    layout{std::move(*tensors),
           {file.begin(), file.begin() + static_cast<ptrdiff_t>(start)},
           file.size()});
}

expected<parameters_ptr> parameters_from(layout_ptr layout, blob_ptr file) {
  if (file->size() != layout->file_bytes)
    return make_error(ec::corrupt, "a model of this run has " + std::to_string(layout->file_bytes)
                                     + " bytes, but this one has " + std::to_string(file->size()));
  if (!std::equal(layout->header.begin(), layout->header.end(), file->begin()))
    return make_error(ec::corrupt, "the model's header differs from this run's: its tensors have "
                                   "other names, types or shapes");
  return std::make_shared<const parameters>(parameters{std::move(layout), std::move(file)});
}

bytes new_file(const layout& of) {
  bytes file(of.file_bytes);
  std::ranges::copy(of.header, file.begin());
  return file;
}

} // namespace flwr
