#pragma once

#include "actors/fl/metrics.hpp"
#include "actors/fl/sampling.hpp"
#include "messages/error.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace flwr {

/// Invited, nothing heard yet.
struct awaited {};

/// The answer is here; it isn't decided yet whether it counts (its model is fetched and folded).
struct answered {};

using outcome = std::variant<awaited, answered, counted, refused, silent>;

/// The bookkeeping of one round's fit or evaluation: who was invited, and what became of each.
///
///   awaited --> answered --> counted     and from awaited or answered to refused or silent;
///       '---------------------^          counted, refused and silent are final.
///
/// A step that isn't in this picture, or is said of a stranger, is refused (`rejected`, the words
/// name the round and the client) and changes nothing. Threads: one at a time.
class phase {
public:
  /// @param invited  The sampled clients, in any order.
  phase(phase_kind kind, uint64_t round, const std::vector<client_id>& invited);

  /// Notes that an answer has come: the next one of this client is refused.
  expected<void> answer(client_id client);

  /// Lets the client's answer count.
  expected<void> count(client_id client, counted answer);

  /// Refuses the client's answer.
  expected<void> refuse(client_id client, std::string reason);

  /// Gives the client up.
  expected<void> lose(client_id client, std::string reason);

  /// The deadline has passed: whoever is still awaited is silent. Answers that have come stay
  /// `answered`, for an update half folded can't be taken back.
  void close(std::string_view reason);

  phase_kind kind() const { return kind_; }
  uint64_t round() const { return round_; }

  /// Whether every outcome is final.
  bool complete() const { return open_ == 0; }

  size_t open() const { return open_; } ///< Awaited or answered.
  size_t failures() const;              ///< Refused or silent.
  size_t successes() const;

  /// Whether the phase's result is used: it is complete, something counts and, unless failures are
  /// accepted, nothing failed. If not, a fit's round commits the old model with 0 updates.
  bool accepted(bool accept_failures) const;

  /// All who are still awaited, ascending: whom a resumed round asks again.
  std::vector<client_id> awaited_clients() const;

  /// Everything that counts, by ascending client id: the input of the weighted averages.
  std::vector<client_result> results() const;

  /// Every invited client by ascending id: the manifest's entries.
  const std::map<client_id, outcome>& outcomes() const { return outcomes_; }

private:
  template <class... From>
  expected<void> move(client_id client, outcome to);

  template <class... Outcome>
  size_t number_of() const;

  phase_kind kind_;
  uint64_t round_;
  size_t open_ = 0;
  std::map<client_id, outcome> outcomes_;
};

} // namespace flwr
