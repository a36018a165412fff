#include "actors/net/npy_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

namespace flwr::npy {
namespace {

constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr size_t max_header_bytes = 64 << 10;
constexpr size_t max_dimensions = 64; // NumPy's own.

struct type_name {
  dtype type;
  std::string_view name; ///< As this machine writes it.
};

constexpr std::array type_names{
  type_name{dtype::f64, "<f8"}, type_name{dtype::f32, "<f4"}, type_name{dtype::f16, "<f2"},
  type_name{dtype::i64, "<i8"}, type_name{dtype::i32, "<i4"}, type_name{dtype::i16, "<i2"},
  type_name{dtype::i8, "|i1"},  type_name{dtype::u64, "<u8"}, type_name{dtype::u32, "<u4"},
  type_name{dtype::u16, "<u2"}, type_name{dtype::u8, "|u1"},  type_name{dtype::boolean, "|b1"},
};

caf::error broken(const std::string& why) { return make_error(ec::corrupt, ".npy: " + why); }

/// Reads the dictionary's text from its front. After a failure it reads nothing more.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {}

  bool failed() const { return failed_; }
  bool at_end() {
    skip_space();
    return rest_.empty();
  }

  /// Takes the character if it is next.
  bool take(char c) {
    skip_space();
    if (failed_ || rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) { failed_ = failed_ || !take(c); }

  std::string_view text() {
    auto quote = take('\'') ? '\'' : '"';
    if (quote == '"')
      expect('"');
    auto end = failed_ ? rest_.npos : rest_.find(quote);
    if (end == rest_.npos)
      return fail<std::string_view>();
    auto found = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return found;
  }

  bool boolean() {
    skip_space();
    for (auto [word, value] : {std::pair{std::string_view{"True"}, true}, {"False", false}})
      if (!failed_ && rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return value;
      }
    return fail<bool>();
  }

  uint64_t number() {
    skip_space();
    uint64_t value = 0;
    auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failed_ || end.ec != std::errc{})
      return fail<uint64_t>();
    rest_.remove_prefix(static_cast<size_t>(end.ptr - rest_.data()));
    return value;
  }

  template <class T>
  T fail() {
    failed_ = true;
    return T{};
  }

private:
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// A tuple: "()", "(3,)", "(2, 3)".
std::vector<uint64_t> read_shape(scanner& from) {
  std::vector<uint64_t> shape;
  from.expect('(');
  while (!from.failed() && !from.take(')')) {
    shape.push_back(from.number());
    auto comma = from.take(',');
    if (!comma && shape.size() == 1) // "(2)" is a number in Python, not a tuple.
      from.fail<int>();
    if (!comma) {
      from.expect(')');
      break;
    }
    if (shape.size() > max_dimensions)
      from.fail<int>();
  }
  return shape;
}

/// The three entries, as they are written.
struct entries {
  std::optional<std::string_view> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<uint64_t>> shape;
};

void read_entry(scanner& from, entries& to) {
  auto key = from.text();
  from.expect(':');
  if (key == "descr" && !to.descr)
    to.descr = from.text();
  else if (key == "fortran_order" && !to.fortran_order)
    to.fortran_order = from.boolean();
  else if (key == "shape" && !to.shape)
    to.shape = read_shape(from);
  else
    from.fail<int>();
}

expected<entries> read_entries(std::string_view text) {
  scanner from{text};
  entries found;
  from.expect('{');
  while (!from.failed() && !from.take('}')) {
    read_entry(from, found);
    if (!from.take(',')) {
      from.expect('}');
      break;
    }
  }
  if (from.failed() || !from.at_end() || !found.descr || !found.fortran_order || !found.shape)
    return broken("its header isn't a dictionary of descr, fortran_order and shape");
  return found;
}

expected<header> header_of(const entries& found, size_t data_offset) {
  auto name = std::string{*found.descr};
  auto big_endian = name.starts_with('>');
  if (big_endian || name.starts_with('='))
    name.front() = '<';
  auto known = std::ranges::find(type_names, name, &type_name::name);
  if (known == type_names.end())
    return broken("no model has tensors of type '" + std::string{found.descr->substr(0, 40)} + "'");
  return header{known->type, big_endian, *found.fortran_order, *found.shape, data_offset};
}

/// Where the dictionary begins, and how long it is.
std::optional<std::pair<size_t, size_t>> extent_of(std::span<const uint8_t> file) {
  if (file.size() < 10
      || !std::equal(magic.begin(), magic.end(), file.begin(),
                     [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; }))
    return std::nullopt;
  auto version = file[6];
  if (file[7] != 0 || version < 1 || version > 3 || (version > 1 && file.size() < 12))
    return std::nullopt;
  size_t length = file[8] | file[9] << 8;
  if (version > 1)
    length |= size_t{file[10]} << 16 | size_t{file[11]} << 24;
  size_t begin = version > 1 ? 12 : 10;
  if (length > max_header_bytes || length > file.size() - begin)
    return std::nullopt;
  return std::pair{begin, length};
}

} // namespace

expected<header> read_header(std::span<const uint8_t> file) {
  auto extent = extent_of(file);
  if (!extent)
    return broken("not such a file, or its header is cut");
  auto [begin, length] = *extent;
  auto found = read_entries({reinterpret_cast<const char*>(file.data()) + begin, length});
  return found ? header_of(*found, begin + length) : found.error();
}

std::string_view name_of(dtype type) {
  auto known = std::ranges::find(type_names, type, &type_name::type);
  return known == type_names.end() ? std::string_view{} : known->name;
}

} // namespace flwr::npy
