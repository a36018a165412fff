#include "actors/fl/round.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

constexpr const char* words[]{"is awaited", "has answered", "is counted", "was refused",
                              "is given up"};

template <class... Outcome>
bool is_any(const outcome& what) {
  return (std::holds_alternative<Outcome>(what) || ...);
}

} // namespace

phase::phase(phase_kind kind, uint64_t round, const std::vector<client_id>& invited)
  : kind_{kind}, round_{round} {
  for (auto client : invited)
    outcomes_.emplace(client, awaited{});
  open_ = outcomes_.size();
}

template <class... From>
expected<void> phase::move(client_id client, outcome to) {
  auto found = outcomes_.find(client);
  if (found != outcomes_.end() && is_any<From...>(found->second)) {
    found->second = std::move(to);
    open_ -= !is_any<answered>(found->second);
    return caf::unit;
  }
  auto who = std::string{kind_ == phase_kind::fit ? "fit" : "evaluate"} + " of round "
             + std::to_string(round_) + ": client " + std::to_string(static_cast<uint64_t>(client));
  auto why = found == outcomes_.end() ? "wasn't invited" : words[found->second.index()];
  return make_error(ec::rejected, who + " " + why);
}

template <class... Outcome>
size_t phase::number_of() const {
  return static_cast<size_t>(std::ranges::count_if(
    outcomes_, [](const auto& entry) { return is_any<Outcome...>(entry.second); }));
}

expected<void> phase::answer(client_id client) { return move<awaited>(client, answered{}); }

expected<void> phase::count(client_id client, counted answer) {
  return move<awaited, answered>(client, std::move(answer));
}

expected<void> phase::refuse(client_id client, std::string reason) {
  return move<awaited, answered>(client, refused{std::move(reason)});
}

expected<void> phase::lose(client_id client, std::string reason) {
  return move<awaited, answered>(client, silent{std::move(reason)});
}

void phase::close(std::string_view reason) {
  for (auto& [client, what] : outcomes_)
    if (is_any<awaited>(what)) {
      what = silent{std::string{reason}};
      --open_;
    }
}

size_t phase::failures() const { return number_of<refused, silent>(); }

size_t phase::successes() const { return number_of<counted>(); }

bool phase::accepted(bool accept_failures) const {
  return complete() && successes() > 0 && (accept_failures || failures() == 0);
}

std::vector<client_id> phase::awaited_clients() const {
  std::vector<client_id> clients;
  for (const auto& [client, what] : outcomes_)
    if (is_any<awaited>(what))
      clients.push_back(client);
  return clients;
}

std::vector<client_result> phase::results() const {
  std::vector<client_result> results;
  for (const auto& [client, what] : outcomes_)
    if (auto answer = std::get_if<counted>(&what))
      results.push_back({client, answer->num_examples, answer->loss, answer->metrics});
  return results;
}

} // namespace flwr
