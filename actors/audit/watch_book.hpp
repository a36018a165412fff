#pragma once

#include "actors/audit/manifest.hpp"
#include "actors/chain/run_contract.hpp"
#include "messages/parameters.hpp"

#include <map>
#include <string>
#include <vector>

namespace flwr {

/// What the clients of a process were given and have signed, held against what the server commits
/// (docs/protocol.md, section 9). What doesn't agree comes back in words for people; nothing is an
/// empty list. Pure; one thread at a time.
class watch_book {
public:
  using objections = std::vector<std::string>;

  /// @param genesis  what round 1 starts from, as the clients know it.
  watch_book(const run_identity&, const content_id& genesis);

  /// A client was given this as the round's global model.
  objections given(client_id, uint64_t round, const content_id& model);

  /// A client has signed this update. One for a round that is checked already comes too late to
  /// count, and is passed over.
  void signed_update(const fit_res&);

  /// The chain has this commit. Of two for one round, as after a reorganisation, the last stands.
  objections committed(const round_commitment&);

  /// The manifest that a commit names. The round is checked by now: its updates are forgotten.
  objections check(const round_commitment&, const manifest&);

  /// The round's manifest can't be had: nobody waits for it any more.
  void give_up(uint64_t round);

  /// The rounds that clients have signed updates for and that aren't checked.
  std::vector<uint64_t> unchecked() const;

private:
  struct round {
    std::map<client_id, content_id> given; ///< Until there is a commit to compare with.
    std::map<client_id, fit_res> updates;
  };

  objections compare(uint64_t round, client_id, const content_id& model) const;

  run_identity run_;
  std::map<uint64_t, hash256> models_; ///< As committed, and the genesis model.
  std::map<uint64_t, round> rounds_;
  uint64_t checked_ = 0; ///< The newest one.
};

} // namespace flwr
