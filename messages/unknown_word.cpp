#include "messages/unknown_word.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace flwr {
namespace {

// Levenshtein's distance, one row of the table at a time.
size_t edits_between(std::string_view from, std::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (char letter : from) {
    auto diagonal = row[0]++;
    for (size_t i = 1; i < row.size(); ++i) {
      auto changed = diagonal + (letter != to[i - 1]);
      diagonal = row[i];
      row[i] = std::min({changed, row[i] + 1, row[i - 1] + 1});
    }
  }
  return row.back();
}

std::string_view name_of(std::string_view known) {
  return known.substr(0, known.find_first_of(":["));
}

} // namespace

std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known) {
  auto edits = [&](std::string_view candidate) { return edits_between(word, candidate); };
  auto best = std::ranges::min_element(known, {}, edits);
  if (best == known.end() || edits(*best) > (best->size() + 2) / 3)
    return std::nullopt;
  return *best;
}

caf::error unknown_word(const std::string& what, std::string_view word,
                        std::span<const std::string_view> known) {
  std::vector<std::string_view> names;
  std::string list;
  for (auto each : known) {
    names.push_back(name_of(each));
    list += (list.empty() ? "" : ", ") + std::string{each};
  }
  auto text = "unknown " + what + " '" + std::string{word} + "'";
  if (auto meant = nearest_word(name_of(word), names))
    text += "; did you mean '" + std::string{*meant} + "'?";
  return make_error(ec::usage, text + " (known: " + list + ")");
}

} // namespace flwr
