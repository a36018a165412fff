#include "actors/ml/spec_text.hpp"

#include <algorithm>
#include <charconv>

namespace flwr {

std::pair<std::string_view, std::string_view> split_name(std::string_view text) {
  auto colon = std::min(text.find(':'), text.size());
  return {text.substr(0, colon), text.substr(std::min(colon + 1, text.size()))};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos)
      break;
    text.remove_prefix(end + 1);
    if (text.empty())
      parts.push_back(text);
  }
  return parts;
}

std::vector<std::pair<std::string_view, std::string_view>> split_pairs(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (auto part : split(text, ',')) {
    auto equals = std::min(part.find('='), part.size());
    pairs.emplace_back(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
  }
  return pairs;
}

std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

} // namespace flwr
