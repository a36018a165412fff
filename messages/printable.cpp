#include "messages/printable.hpp"

#include <algorithm>

namespace flwr {

std::string printable_ascii(std::string_view text, size_t most) {
  std::string plain{text.substr(0, most)};
  std::ranges::replace_if(
    plain, [](char c) { return c < ' ' || c > '~'; }, '?');
  return plain;
}

namespace {

bool is_utf8_control(const std::string& text, size_t at) { // U+0080 ... U+009F
  auto second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
  return second >= 0x80 && second < 0xa0;
}

} // namespace

std::string printable(std::string text) {
  std::ranges::replace_if(
    text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  for (size_t at = 0; (at = text.find('\xc2', at)) != text.npos; ++at)
    if (is_utf8_control(text, at))
      text.replace(at, 2, "?");
  return text;
}

} // namespace flwr
