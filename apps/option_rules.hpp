/// How an option's text becomes a member of the program's options: rules to make tables of.
#pragma once

#include "apps/option_values.hpp"

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flwr {

/// How one option's text becomes its value.
template <class Options>
struct value_rule {
  std::string allowed;                                      ///< For errors: what `set` takes.
  std::function<bool(Options&, std::string_view text)> set; ///< False: refused.
};

namespace rules {

/// A rule by a parser that returns an optional.
template <class Options, class T, class Parse>
value_rule<Options> parsed(T Options::*target, std::string allowed, Parse parse) {
  return {std::move(allowed), [=](Options& to, std::string_view text) {
            auto value = parse(text);
            if (!value)
              return false;
            to.*target = *std::move(value);
            return true;
          }};
}

/// A whole number; the target may be optional.
template <class Options, class T>
value_rule<Options> count(T Options::*target, uint64_t min,
                          uint64_t max = std::numeric_limits<uint32_t>::max()) {
  return parsed(target, "a whole number, " + std::to_string(min) + " to " + std::to_string(max),
                [=](std::string_view text) { return parse_count(text, min, max); });
}

template <class Options, class T>
value_rule<Options> fraction(T Options::*target) {
  return parsed(target, "a number, 0 to 1",
                [](std::string_view text) { return parse_real(text, 0, 1); });
}

template <class Options, class T>
value_rule<Options> not_negative(T Options::*target) {
  return parsed(target, "a finite number, 0 or more", [](std::string_view text) {
    return parse_real(text, 0, std::numeric_limits<double>::max());
  });
}

template <class Options>
value_rule<Options> flag(bool Options::*target) {
  return parsed(target, "true or false", parse_flag);
}

/// Any text but none.
template <class Options, class T>
value_rule<Options> text(T Options::*target, std::string allowed) {
  return parsed(target, std::move(allowed), [](std::string_view typed) {
    return typed.empty() ? std::nullopt : std::optional{T{std::string{typed}}};
  });
}

template <class Options, class T>
value_rule<Options> choice(T Options::*target, std::string allowed,
                           std::map<std::string, T> values) {
  return parsed(target, std::move(allowed), [=](std::string_view typed) -> std::optional<T> {
    auto found = values.find(std::string{typed});
    return found == values.end() ? std::nullopt : std::optional{found->second};
  });
}

inline std::map<std::string, progress_style> progress_styles() {
  return {{"auto", progress_style::automatic},
          {"plain", progress_style::plain},
          {"none", progress_style::none}};
}

template <class Options>
value_rule<Options> one_of(std::string Options::*target, std::string allowed,
                           const std::vector<std::string>& words) {
  std::map<std::string, std::string> values;
  for (auto& word : words)
    values.emplace(word, word);
  return choice(target, std::move(allowed), std::move(values));
}

template <class Options>
value_rule<Options> duration(std::chrono::milliseconds Options::*target) {
  return parsed(target, "a time with its unit (ms, s, m, h) such as 90s, at most 8760h",
                parse_duration);
}

template <class Options>
value_rule<Options> duration_or_none(std::optional<std::chrono::milliseconds> Options::*target) {
  using maybe = std::optional<std::chrono::milliseconds>;
  return {"none, or a time with its unit (ms, s, m, h) such as 90s, at most 8760h",
          [=](Options& to, std::string_view text) {
            to.*target = text == "none" ? maybe{} : parse_duration(text);
            return text == "none" || to.*target;
          }};
}

} // namespace rules
} // namespace flwr
