#include "actors/ipfs/multipart.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

namespace flwr {
namespace {

constexpr size_t max_parts = 1000;
constexpr size_t max_boundary = 70; // RFC 2046, 5.1.1. A search for a long one may take for ever.

std::string_view text_of(std::span<const uint8_t> data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

caf::error broken(const std::string& why) {
  return make_error(ec::rejected, "the body isn't one of parts: " + why);
}

bool starts_with_name(std::string_view line, std::string_view name) {
  return line.size() >= name.size()
         && std::ranges::equal(
           line.substr(0, name.size()), name,
           [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// The value of `key=` behind a semicolon, with or without quotes.
std::string parameter(std::string_view line, std::string_view key) {
  auto wanted = std::string{key} + "=";
  for (auto at = line.find(';'); at != line.npos; at = line.find(';', at + 1)) {
    auto begin = line.find_first_not_of(" \t", at + 1);
    if (begin == line.npos || !starts_with_name(line.substr(begin), wanted))
      continue;
    auto value = line.substr(begin + wanted.size());
    if (value.starts_with('"'))
      return std::string{value.substr(1, value.find('"', 1) - 1)};
    return std::string{value.substr(0, value.find_first_of("; \t\r"))};
  }
  return {};
}

int digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    auto is_escape = text[i] == '%' && i + 2 < text.size()
                     && std::isxdigit(static_cast<unsigned char>(text[i + 1]))
                     && std::isxdigit(static_cast<unsigned char>(text[i + 2]));
    out += is_escape ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    i += is_escape ? 2 : 0;
  }
  return out;
}

body_part part_of(std::string_view header, std::span<const uint8_t> data) {
  body_part part{.name = {}, .file_name = {}, .content_type = {}, .data = data};
  while (!header.empty()) {
    auto end = std::min(header.find("\r\n"), header.size());
    auto line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (starts_with_name(line, "content-disposition:")) {
      part.name = parameter(line, "name");
      part.file_name = percent_decoded(parameter(line, "filename"));
    } else if (starts_with_name(line, "content-type:")) {
      auto begin = line.find_first_not_of(' ', line.find(':') + 1);
      part.content_type = begin == line.npos ? "" : std::string{line.substr(begin)};
    }
  }
  return part;
}

} // namespace

expected<std::vector<body_part>> read_parts(std::string_view content_type,
                                            std::span<const uint8_t> body) {
  auto boundary = parameter(content_type, "boundary");
  if (!starts_with_name(content_type, "multipart/") || boundary.empty()
      || boundary.size() > max_boundary)
    return broken("its content type has no boundary of 1 to 70 characters");
  auto all = text_of(body);
  auto first = "--" + boundary;
  auto between = "\r\n" + first;
  auto at = all.starts_with(first) ? first.size() : all.find(between);
  if (!all.starts_with(first) && at != all.npos)
    at += between.size();
  std::boyer_moore_horspool_searcher search{between.begin(), between.end()};
  std::vector<body_part> parts;
  while (at != all.npos && !all.substr(at).starts_with("--")) {
    auto line_end = all.find("\r\n", at);
    auto header_end = line_end == all.npos ? all.npos : all.find("\r\n\r\n", line_end);
    if (header_end == all.npos)
      return broken("a part has no header's end");
    auto begin = header_end + 4;
    auto end = std::search(all.begin() + static_cast<ptrdiff_t>(begin), all.end(), search);
    if (end == all.end() || parts.size() == max_parts)
      return broken("a part has no end, or there are more than 1,000");
    auto length = static_cast<size_t>(end - all.begin()) - begin;
    auto header = header_end > line_end ? all.substr(line_end + 2, header_end - line_end - 2) : "";
    parts.push_back(part_of(header, body.subspan(begin, length)));
    at = begin + length + between.size();
  }
  if (at == all.npos)
    return broken("there is none");
  return parts;
}

part_body write_part(std::string_view boundary, std::span<const uint8_t> data) {
  std::string head = "--" + std::string{boundary}
                     + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n"
                       "Content-Type: application/octet-stream\r\n\r\n";
  std::string tail = "\r\n--" + std::string{boundary} + "--\r\n";
  bytes all;
  all.reserve(head.size() + data.size() + tail.size());
  all.insert(all.end(), head.begin(), head.end());
  all.insert(all.end(), data.begin(), data.end());
  all.insert(all.end(), tail.begin(), tail.end());
  return {"multipart/form-data; boundary=" + std::string{boundary},
          std::make_shared<const bytes>(std::move(all))};
}

} // namespace flwr
