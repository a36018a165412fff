/// A round as clients see it: what they sign, and what an honest server commits of it.
#pragma once

#include "actors/audit/manifest.hpp"
#include "actors/chain/run_contract.hpp"
#include "tests/support/identities.hpp"

namespace flwr::test {

/// The model of a round. 0: the genesis model.
inline content_id model_of_round(uint64_t round) { return {.digest = {0x6d, uint8_t(round)}}; }

/// What client `who` answers to a round.
inline fit_res update_of(client_id who, uint64_t round) {
  fit_res res;
  res.round = round;
  res.base = model_of_round(round - 1);
  res.num_examples = 10;
  res.model.id = {.digest = {0x75, uint8_t(round), static_cast<uint8_t>(who)}};
  res.metrics = {{"loss", 0.5}};
  res.signer = address_of_client(who);
  return signed_by(who, res);
}

inline counted entry_of(const fit_res& update) {
  return {.model = update.model.id,
          .num_examples = update.num_examples,
          .metrics = update.metrics,
          .signer = update.signer,
          .signature = update.signature};
}

/// An honest manifest of a round with two clients.
inline manifest manifest_of_round(uint64_t round) {
  manifest what{some_run().run, {round, model_of_round(round - 1), model_of_round(round), {}}};
  for (uint64_t id = 0; id < 2; ++id)
    what.record.invited[client_id{id}] = entry_of(update_of(client_id{id}, round));
  return what;
}

/// The commit that stands for a manifest, which has this content id.
inline round_commitment commit_of(const manifest& what, const content_id& id = {}) {
  return {.round = what.record.round,
          .base = what.record.base.digest,
          .updates_root = *updates_root(some_run(), what.record),
          .updates = counted_updates(what.record),
          .manifest = id,
          .model = what.record.model.digest};
}

} // namespace flwr::test
