#include "actors/http/http_message.hpp"

#include <algorithm>
#include <cctype>

namespace flwr {
namespace {

bool same_but_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

} // namespace

std::string_view value_of(const http_fields& fields, std::string_view name) {
  auto found = std::ranges::find_if(
    fields, [&](const http_field& field) { return same_but_case(field.name, name); });
  return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

http_response text_response(unsigned status, std::string_view text, std::string_view content_type) {
  return {.status = status,
          .content_type = std::string{content_type},
          .fields = {},
          .body = std::make_shared<const bytes>(text.begin(), text.end())};
}

} // namespace flwr
