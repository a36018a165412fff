#include "actors/fl/python_repr.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace flwr {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hex(std::string& text, char32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    text += hex_digits[value >> shift & 0xf];
}

// One character below 0x80, or any byte, inside quotes.
void append_ascii(std::string& text, unsigned char c, unsigned char quote) {
  if (c == '\t')
    text += "\\t";
  else if (c == '\n')
    text += "\\n";
  else if (c == '\r')
    text += "\\r";
  else if (c == '\\' || c == quote)
    (text += '\\') += static_cast<char>(c);
  else if (c >= 0x20 && c < 0x7f)
    text += static_cast<char>(c);
  else
    append_hex(text += "\\x", c, 2);
}

void append_beyond_ascii(std::string& text, char32_t c) {
  if (c > 0xffff)
    append_hex(text += "\\U", c, 8);
  else if (c > 0xff)
    append_hex(text += "\\u", c, 4);
  else
    append_hex(text += "\\x", c, 2);
}

// Python prefers single quotes, unless that alone spares the escapes.
char quote_for(std::string_view text) {
  bool only_single = text.find('\'') != text.npos && text.find('"') == text.npos;
  return only_single ? '"' : '\'';
}

// Cuts one UTF-8 character off the front; a byte that starts none gives its surrogate escape.
char32_t next_character(std::string_view& text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto first = byte(0);
  size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  char32_t c = length == 1 ? first : first & (0x7fu >> length);
  bool valid = length == 1 || (first >= 0xc2 && first <= 0xf4);
  for (size_t i = 1; i < length && valid; ++i) {
    valid = i < text.size() && (byte(i) & 0xc0) == 0x80;
    if (valid)
      c = c << 6 | (byte(i) & 0x3f);
  }
  // Overlong forms, surrogates, and what lies beyond Unicode.
  if ((length == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000)))
      || (length == 4 && (c < 0x10000 || c > 0x10ffff)))
    valid = false;
  text.remove_prefix(valid ? length : 1);
  return valid ? c : 0xdc00 + first;
}

std::string bytes_repr(const bytes& data) {
  std::string_view text{reinterpret_cast<const char*>(data.data()), data.size()};
  auto quote = quote_for(text);
  std::string result = {'b', quote};
  for (auto c : data)
    append_ascii(result, c, quote);
  return result + quote;
}

// Digits and a decimal point, `point` digits from the left.
std::string positional(const std::string& digits, int point) {
  auto count = static_cast<int>(digits.size());
  if (point <= 0)
    return "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  if (point >= count)
    return digits + std::string(static_cast<size_t>(point - count), '0') + ".0";
  auto cut = static_cast<size_t>(point);
  return digits.substr(0, cut) + "." + digits.substr(cut);
}

struct repr_of {
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return python_repr(value); }
  std::string operator()(const std::string& value) const {
    return python_repr(std::string_view{value});
  }
  std::string operator()(const bytes& value) const { return bytes_repr(value); }
};

} // namespace

std::string python_repr(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  char buffer[32]; // The longest is "-1.2345678901234567e-308".
  auto end =
    std::to_chars(buffer, std::end(buffer), std::abs(value), std::chars_format::scientific);
  std::string_view shortest{buffer, end.ptr};
  auto e = shortest.find('e');
  int exponent = std::atoi(std::string{shortest.substr(e + 1)}.c_str());
  std::string sign = std::signbit(value) ? "-" : "";
  if (exponent < -4 || exponent >= 16) // Both write two digits of exponent at least.
    return sign + std::string{shortest};
  std::string digits{shortest.substr(0, e)};
  std::erase(digits, '.');
  return sign + positional(digits, exponent + 1);
}

std::string python_repr(std::string_view text) {
  auto quote = quote_for(text);
  std::string result{quote};
  while (!text.empty()) {
    auto c = next_character(text);
    if (c < 0x80)
      append_ascii(result, static_cast<unsigned char>(c), quote);
    else
      append_beyond_ascii(result, c);
  }
  return result + quote;
}

std::string python_repr(const scalar& value) { return std::visit(repr_of{}, value); }

std::string python_repr(const scalars& values) {
  std::string text;
  for (const auto& [key, value] : values)
    text +=
      (text.empty() ? "" : ", ") + python_repr(std::string_view{key}) + ": " + python_repr(value);
  return "{" + text + "}";
}

} // namespace flwr
