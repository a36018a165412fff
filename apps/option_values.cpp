#include "apps/option_values.hpp"

#include "messages/unknown_word.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

namespace flwr {
namespace {

constexpr auto any = std::numeric_limits<uint64_t>::max();

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  auto end = text.data() + text.size();
  auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

struct unit {
  std::string_view name;
  uint64_t factor;
};

/// `text` as NUMBER UNIT, times the unit's factor, unless that is more than `max`.
std::optional<uint64_t> scaled(std::string_view text, std::span<const unit> units, uint64_t max) {
  auto split = std::min(text.find_first_not_of("0123456789"), text.size());
  auto name = text.substr(split);
  auto found = std::ranges::find(units, name, &unit::name);
  if (found == units.end())
    return std::nullopt;
  auto value = parse_count(text.substr(0, split), 1, max / found->factor);
  return value ? std::optional{*value * found->factor} : std::nullopt;
}

} // namespace

std::optional<uint64_t> parse_count(std::string_view text, uint64_t min, uint64_t max) {
  auto value = number<uint64_t>(text);
  return value && min <= *value && *value <= max ? value : std::nullopt;
}

std::optional<double> parse_real(std::string_view text, double min, double max) {
  auto value = number<double>(text);
  return value && std::isfinite(*value) && min <= *value && *value <= max ? value : std::nullopt;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  static constexpr unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  auto value = scaled(text, units, static_cast<uint64_t>(longest_duration.count()));
  return value ? std::optional{std::chrono::milliseconds{*value}} : std::nullopt;
}

std::optional<uint64_t> parse_size(std::string_view text) {
  static constexpr unit units[] = {
    {"", 1},
    {"k", 1'000},
    {"kB", 1'000},
    {"KiB", 1ull << 10},
    {"M", 1'000'000},
    {"MB", 1'000'000},
    {"MiB", 1ull << 20},
    {"G", 1'000'000'000},
    {"GB", 1'000'000'000},
    {"GiB", 1ull << 30},
  };
  return scaled(text, units, any);
}

std::optional<endpoint> parse_endpoint(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == text.npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host.find_first_of("[]:") != host.npos)
    return std::nullopt;
  auto port = parse_count(text.substr(colon + 1), 0, 65535);
  if (host.empty() || !port)
    return std::nullopt;
  return endpoint{std::string{host}, static_cast<uint16_t>(*port)};
}

std::optional<std::pair<uint64_t, uint64_t>> parse_client_ids(std::string_view text) {
  constexpr uint64_t most = std::numeric_limits<uint32_t>::max();
  auto dash = text.find('-');
  auto first = parse_count(text.substr(0, dash), 0, most);
  auto last = dash == text.npos ? first : parse_count(text.substr(dash + 1), 0, most);
  if (!first || !last || *last < *first || *last - *first >= max_clients_a_process)
    return std::nullopt;
  return std::pair{*first, *last};
}

std::optional<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "1")
    return true;
  if (text == "false" || text == "0")
    return false;
  return std::nullopt;
}

std::string nearest(std::string_view typed, std::span<const std::string> known) {
  const std::vector<std::string_view> words{known.begin(), known.end()};
  if (auto close = nearest_word(typed, words))
    return std::string{*close};
  auto contains = [&](auto word) { return word.find(typed) != word.npos; };
  auto longer = typed.size() >= 3 ? std::ranges::find_if(words, contains) : words.end();
  return longer != words.end() ? std::string{*longer} : "";
}

std::string suggestion(std::string_view prefix, std::string_view typed,
                       std::span<const std::string> known) {
  auto word = nearest(typed, known);
  return word.empty() ? "" : " (did you mean " + std::string{prefix} + word + "?)";
}

} // namespace flwr
