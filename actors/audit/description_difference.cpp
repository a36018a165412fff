#include "actors/audit/canonical_json.hpp"
#include "actors/audit/description_json.hpp"
#include "actors/audit/typed_scalars.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr size_t longest_shown = 80;

std::string shortest(double value) {
  std::array<char, 32> text;
  auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

/// A value as a user would have typed it.
std::string shown(const json::value* value) {
  if (!value)
    return "not given";
  if (auto text = value->if_string())
    return {text->data(), text->size()};
  auto typed = scalar_from(*value);
  if (auto flag = typed ? std::get_if<bool>(&*typed) : nullptr)
    return *flag ? "true" : "false";
  if (auto real = typed ? std::get_if<double>(&*typed) : nullptr)
    return shortest(*real);
  auto text = canonical(*value);
  return text.size() > longest_shown ? text.substr(0, longest_shown) + "..." : text;
}

std::optional<std::string> differ(const std::string& path, const json::value* theirs,
                                  const json::value* ours);

std::optional<std::string> differ_within(const std::string& path, const json::object& theirs,
                                         const json::object& ours) {
  auto below = [&](json::string_view key) {
    return (path.empty() ? "" : path + ".") + std::string{key};
  };
  for (const auto& [key, value] : theirs)
    if (auto found = differ(below(key), &value, ours.if_contains(key)))
      return found;
  for (const auto& [key, value] : ours)
    if (!theirs.contains(key))
      return differ(below(key), nullptr, &value);
  return std::nullopt;
}

std::optional<std::string> differ_within(const std::string& path, const json::array& theirs,
                                         const json::array& ours) {
  for (size_t i = 0; i < theirs.size(); ++i)
    if (auto found = differ(path + "[" + std::to_string(i) + "]", &theirs[i], &ours[i]))
      return found;
  return std::nullopt;
}

bool is_group(const json::value& value) { return value.is_object() && !scalar_from(value); }

std::optional<std::string> differ(const std::string& path, const json::value* theirs,
                                  const json::value* ours) {
  if (theirs && ours && *theirs == *ours)
    return std::nullopt;
  if (theirs && ours && is_group(*theirs) && is_group(*ours))
    return differ_within(path, theirs->get_object(), ours->get_object());
  if (theirs && ours && theirs->is_array() && ours->is_array()
      && theirs->get_array().size() == ours->get_array().size())
    return differ_within(path, theirs->get_array(), ours->get_array());
  return path + " is " + shown(theirs) + " in the run's description, but " + shown(ours) + " here";
}

} // namespace

std::optional<std::string> first_difference(const description& theirs, const description& ours) {
  auto left = to_json(theirs), right = to_json(ours);
  return differ("", &left, &right);
}

} // namespace flwr
