#include "actors/audit/signed_updates.hpp"

#include "actors/audit/run_id.hpp"
#include "actors/audit/typed_scalars.hpp"

namespace flwr {

run_identity identity_of(uint64_t chain_id, const address& contract, const content_id& genesis,
                         const content_id& description, const hash256& salt) {
  return {run_id(chain_id, contract, genesis, description, salt), run_domain(chain_id, contract)};
}

expected<update_statement> statement_of(const run_identity& identity, uint64_t round,
                                        client_id client, const content_id& base,
                                        const counted& update) {
  if (update.num_examples < 0)
    return make_error(ec::rejected, "num_examples is " + std::to_string(update.num_examples)
                                      + ", which nobody can sign");
  auto metrics = metrics_hash(update.metrics);
  if (!metrics)
    return make_error(ec::rejected, "metrics: " + render(metrics.error()));
  return update_statement{identity.run,
                          round,
                          client,
                          base.digest,
                          update.model.digest,
                          static_cast<uint64_t>(update.num_examples),
                          *metrics};
}

expected<update_statement> statement_of(const run_identity& identity, client_id client,
                                        const fit_res& answer) {
  return statement_of(
    identity, answer.round, client, answer.base,
    {.model = answer.model.id, .num_examples = answer.num_examples, .metrics = answer.metrics});
}

expected<signature_bytes> sign_update(const fit_res& answer, client_id client,
                                      const run_identity& identity, const signing_key& key) {
  auto statement = statement_of(identity, client, answer);
  if (!statement)
    return statement.error();
  return to_bytes(key.sign(digest_of(*statement, identity.domain)));
}

expected<address> signer_of(const update_statement& statement, const signature_bytes& raw,
                            const run_identity& identity) {
  auto signature = signature_from_bytes(raw);
  auto signer =
    signature ? recover(digest_of(statement, identity.domain), *signature) : std::nullopt;
  if (!signer)
    return make_error(ec::rejected, "the signature is nobody's: its last byte isn't 27 or 28, or r "
                                    "or s is out of range (s has to be the lower of the two)");
  return *signer;
}

expected<address> signer_of(const fit_res& answer, client_id client, const run_identity& identity) {
  auto statement = statement_of(identity, client, answer);
  if (!statement)
    return statement.error();
  return signer_of(*statement, answer.signature, identity);
}

} // namespace flwr
