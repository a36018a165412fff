#include "actors/fl/strategy.hpp"

#include "messages/unknown_word.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

namespace flwr {
namespace {

using words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 1> names{"fedavg"};

constexpr std::array<std::string_view, 7> keys{
  "accept_failures",       "fraction_evaluate",    "fraction_fit",   "max_examples",
  "min_available_clients", "min_evaluate_clients", "min_fit_clients"};

bool knows(words known, std::string_view word) { return std::ranges::count(known, word) != 0; }

template <class T>
bool parse(std::string_view text, T& value) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} && end == text.data() + text.size();
}

bool parse(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

bool set(strategy_config& config, std::string_view key, std::string_view value) {
  if (key == "accept_failures")
    return parse(value, config.accept_failures);
  if (key == "fraction_evaluate")
    return parse(value, config.fraction_evaluate);
  if (key == "fraction_fit")
    return parse(value, config.fraction_fit);
  if (key == "max_examples")
    return parse(value, config.max_examples);
  if (key == "min_available_clients")
    return parse(value, config.min_available_clients);
  if (key == "min_evaluate_clients")
    return parse(value, config.min_evaluate_clients);
  return parse(value, config.min_fit_clients);
}

const char* kind_of(std::string_view key) {
  if (key == "accept_failures")
    return "true or false";
  return key.starts_with("fraction") ? "a number" : "a whole number";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0, end = 0; end != text.npos; begin = end + 1) {
    end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

caf::error out_of_range(std::string_view key, const std::string& value, std::string_view range) {
  return make_error(ec::usage, "strategy: " + std::string{key} + " is " + value + "; use "
                                 + std::string{range});
}

uint64_t fraction_of(uint64_t available, double fraction) {
  return static_cast<uint64_t>(static_cast<double>(available) * fraction);
}

expected<void> read_option(strategy_config& config, std::string_view option,
                           std::vector<std::string_view>& seen) {
  auto key = option.substr(0, option.find('='));
  auto value = option.substr(std::min(key.size() + 1, option.size()));
  if (!knows(keys, key))
    return unknown_word("key of strategy " + config.name, key, keys);
  if (knows(seen, key))
    return make_error(ec::usage, "strategy: " + std::string{key} + " is given twice");
  seen.push_back(key);
  if (!set(config, key, value))
    return make_error(ec::usage, "strategy: '" + std::string{option} + "' isn't " + std::string{key}
                                   + "=" + kind_of(key));
  return caf::unit;
}

} // namespace

expected<strategy_config> parse_strategy(std::string_view text, strategy_config defaults) {
  auto config = std::move(defaults);
  auto colon = text.find(':');
  config.name = text.substr(0, colon);
  if (!knows(names, config.name))
    return unknown_word("strategy", config.name, names);
  std::vector<std::string_view> seen;
  if (colon != text.npos)
    for (auto option : split(text.substr(colon + 1), ','))
      if (auto ok = read_option(config, option, seen); !ok)
        return ok.error();
  if (auto ok = check(config); !ok)
    return ok.error();
  return config;
}

expected<void> check(const strategy_config& config) {
  if (!knows(names, config.name))
    return unknown_word("strategy", config.name, names);
  for (auto [key, value] : {std::pair{"fraction_fit", config.fraction_fit},
                            std::pair{"fraction_evaluate", config.fraction_evaluate}})
    if (!(value >= 0 && value <= 1)) // Also true for NaN.
      return out_of_range(key, std::to_string(value), "0 .. 1");
  for (auto [key, value] : {std::pair{"min_fit_clients", config.min_fit_clients},
                            std::pair{"min_evaluate_clients", config.min_evaluate_clients},
                            std::pair{"min_available_clients", config.min_available_clients}})
    if (value == 0)
      return out_of_range(key, "0", "1 or more");
  if (config.max_examples < 1 || config.max_examples > max_examples_limit)
    return out_of_range("max_examples", std::to_string(config.max_examples),
                        "1 .. " + std::to_string(max_examples_limit));
  return caf::unit;
}

std::string versioned_name(const strategy_config& config) { return config.name + "/1"; }

sample_size num_fit_clients(const strategy_config& config, uint64_t available) {
  return {std::max(fraction_of(available, config.fraction_fit), config.min_fit_clients),
          config.min_available_clients};
}

std::optional<sample_size> num_evaluate_clients(const strategy_config& config, uint64_t available) {
  if (config.fraction_evaluate == 0)
    return std::nullopt;
  return sample_size{
    std::max(fraction_of(available, config.fraction_evaluate), config.min_evaluate_clients),
    config.min_available_clients};
}

} // namespace flwr
