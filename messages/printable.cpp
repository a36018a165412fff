#include "messages/printable.hpp"

#include <algorithm>

namespace flwr {

std::string printable_ascii(std::string_view text, size_t most) {
  std::string plain{text.substr(0, most)};
  std::ranges::replace_if(
    plain, [](char c) { return c < ' ' || c > '~'; }, '?');
  return plain;
}

} // namespace flwr
