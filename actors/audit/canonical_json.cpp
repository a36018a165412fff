#include "actors/audit/canonical_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <functional>
#include <map>

namespace flwr {
namespace {

namespace json = boost::json;

bool in_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

caf::error not_canonical(size_t where, const std::string& why) {
  return make_error(ec::corrupt, "isn't canonical JSON (objects, arrays and ASCII strings, keys "
                                 "in order, no white space) at byte "
                                   + std::to_string(where) + ": " + why);
}

void append(std::string& out, const json::value& value);

void append(std::string& out, const json::object& object) {
  std::map<json::string_view, const json::value*> sorted;
  for (const auto& [key, value] : object)
    sorted.emplace(key, &value);
  auto separator = '{';
  for (auto [key, value] : sorted) {
    out += separator;
    out += json::serialize(key);
    out += ':';
    append(out, *value);
    separator = ',';
  }
  out += sorted.empty() ? "{}" : "}";
}

void append(std::string& out, const json::array& array) {
  auto separator = '[';
  for (const auto& value : array) {
    out += separator;
    append(out, value);
    separator = ',';
  }
  out += array.empty() ? "[]" : "]";
}

void append(std::string& out, const json::value& value) {
  if (auto object = value.if_object())
    append(out, *object);
  else if (auto array = value.if_array())
    append(out, *array);
  else if (auto text = value.if_string())
    out += json::serialize(*text);
}

} // namespace

bool is_ascii(std::string_view text) { return std::ranges::all_of(text, in_ascii); }

std::string ascii_of(std::string_view text) {
  std::string out{text};
  std::ranges::replace_if(out, std::not_fn(in_ascii), '?');
  return out;
}

std::string canonical(const json::value& document) {
  std::string out;
  append(out, document);
  return out;
}

expected<json::value> parse_canonical(std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes)
    return make_error(ec::corrupt, "has " + std::to_string(text.size()) + " bytes, allowed are "
                                     + std::to_string(max_bytes));
  if (auto foreign = std::ranges::find_if_not(text, in_ascii); foreign != text.end())
    return not_canonical(static_cast<size_t>(foreign - text.begin()), "not ASCII");
  json::error_code failed;
  json::parse_options options;
  options.max_depth = max_json_depth;
  json::stream_parser parser{{}, options};
  auto parsed_bytes = parser.write_some(text.data(), text.size(), failed);
  if (!failed)
    parser.finish(failed);
  if (failed || parsed_bytes != text.size())
    return not_canonical(parsed_bytes, failed ? failed.message() : "more than one document");
  auto document = parser.release();
  auto again = canonical(document);
  if (again != text)
    return not_canonical(static_cast<size_t>(std::ranges::mismatch(again, text).in2 - text.begin()),
                         "another spelling than the canonical one");
  return document;
}

} // namespace flwr
