#pragma once

#include "actors/audit/round_replay.hpp"

#include <set>

namespace flwr {

/// What rounds have to say of clients together: one address a client id and one client id an
/// address, for the whole run; each address on the contract's list of trainers by its first commit;
/// and who was invited. Threads: one at a time.
class roster {
public:
  roster(const evidence&, const run_on_chain&, const run_plan&);

  /// Takes the rounds in their order; completes the round's report. A round in which something is
  /// wrong binds nobody.
  void admit(replayed_round&);

  /// Whose addresses counted updates have shown so far.
  const std::map<address, client_id>& clients() const { return clients_; }

private:
  void bind(client_id client, const address& who, uint64_t block_number, const inquiry&);
  void check_sampling(replayed_round&, const inquiry&) const;

  const evidence& from_;
  const run_on_chain& run_;
  const description& what_;
  std::map<client_id, address> addresses_;
  std::map<address, client_id> clients_;
  std::set<client_id> seen_; // Invited so far: they have all been bound, and for good.
};

} // namespace flwr
