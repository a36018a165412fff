#include "actors/audit/journal_bodies.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/audit/json_fields.hpp"
#include "actors/audit/outcome_json.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

bytes body_of(const json::value& document) {
  auto text = canonical(document);
  return {text.begin(), text.end()};
}

const char* name_of(phase_kind phase) { return phase == phase_kind::fit ? "fit" : "evaluate"; }

phase_kind phase_in(json_fields& fields) {
  auto name = fields.text("phase");
  if (name != name_of(phase_kind::fit) && name != name_of(phase_kind::evaluate))
    fields.refuse("phase", "is '" + name + "'; use 'fit' or 'evaluate'");
  return name == name_of(phase_kind::evaluate) ? phase_kind::evaluate : phase_kind::fit;
}

scalars ascii_metrics(const scalars& values) {
  scalars out;
  for (auto [key, value] : values) {
    if (auto text = std::get_if<std::string>(&value))
      *text = ascii_of(*text);
    out.emplace(ascii_of(key), std::move(value));
  }
  return out;
}

// An entry's words: which one it is, and what is wrong with it.
std::string subject_of(const journal_entry& entry) {
  return "journal entry " + std::to_string(entry.sequence) + " (" + entry.kind + " of round "
         + std::to_string(entry.round) + ")";
}

caf::error broken(const journal_entry& entry, const std::string& why) {
  return make_error(ec::corrupt, subject_of(entry) + " " + why);
}

/// Parses the body and has `read` make a T of its members.
template <class T, class Read>
expected<T> decode(const journal_entry& entry, std::string_view kind, Read read) {
  if (entry.kind != kind)
    return broken(entry, "isn't of the kind " + std::string{kind});
  auto document =
    parse_canonical({reinterpret_cast<const char*>(entry.body.data()), entry.body.size()});
  if (!document)
    return broken(entry, render(document.error()));
  caf::error failure;
  json_fields fields{*document, subject_of(entry) + ": ", failure};
  T body = read(fields);
  fields.end();
  if (failure)
    return failure;
  return body;
}

std::vector<client_id> clients_in(json_fields& fields) {
  std::vector<client_id> clients;
  for (const auto& item : fields.list("clients")) {
    auto digits = item.if_string();
    auto id = digits ? parse_decimal(*digits) : std::nullopt;
    if (!id || (!clients.empty() && client_id{*id} <= clients.back()))
      fields.refuse("clients", "aren't ascending client ids");
    clients.push_back(client_id{id.value_or(0)});
  }
  return clients;
}

answer_body answer_in(json_fields& fields) {
  answer_body body{phase_in(fields), outcome_in(fields)};
  if (body.phase == phase_kind::evaluate && std::holds_alternative<counted>(body.outcome))
    fields.refuse("outcome", "is 'counted', which this phase doesn't have");
  return body;
}

bytes body_of(phase_kind phase, const final_outcome& outcome) {
  auto members = to_json(outcome);
  members.emplace("phase", name_of(phase));
  return body_of(members);
}

} // namespace

bytes encode_cohort(phase_kind phase, const std::vector<client_id>& clients) {
  auto sorted = clients;
  std::ranges::sort(sorted);
  json::array ids;
  for (auto client : sorted)
    ids.emplace_back(std::to_string(static_cast<uint64_t>(client)));
  return body_of(json::object{{"phase", name_of(phase)}, {"clients", std::move(ids)}});
}

bytes encode_answer(const fit_res& res) {
  return body_of(phase_kind::fit, counted{.model = res.model.id,
                                          .num_examples = res.num_examples,
                                          .metrics = ascii_metrics(res.metrics),
                                          .signer = res.signer,
                                          .signature = res.signature});
}

bytes encode_refusal(const failure& what) {
  auto code = code_of(what.why);
  auto reason = render(what.why);
  if (code == ec::rejected || code == ec::corrupt)
    return body_of(what.what, refused{reason});
  return body_of(what.what, silent{reason});
}

bytes encode_bound(const address& who) { return body_of(json::object{{"address", to_0x(who)}}); }

bytes encode_transaction(const transaction_body& what) {
  return body_of(json::object{{"nonce", std::to_string(what.nonce)},
                              {"hash", to_0x(what.hash)},
                              {"raw", to_0x(what.raw)},
                              {"purpose", ascii_of(what.purpose)}});
}

bytes encode_closed(const closed_body& what) {
  return body_of(json::object{{"model", to_text(what.model)},
                              {"updates", std::to_string(what.updates)},
                              {"failures", std::to_string(what.failures)}});
}

bytes encode_recorded(const recorded& what) {
  json::object body;
  if (what.transaction)
    body.emplace("transaction", to_0x(*what.transaction));
  if (what.gas_used)
    body.emplace("gas_used", std::to_string(*what.gas_used));
  return body_of(body);
}

bytes encode_finished() { return body_of(json::object{{"outcome", "done"}}); }

expected<cohort_body> decode_cohort(const journal_entry& entry) {
  return decode<cohort_body>(entry, "cohort", [](json_fields& fields) {
    return cohort_body{phase_in(fields), clients_in(fields)};
  });
}

expected<answer_body> decode_answer(const journal_entry& entry) {
  if (!entry.client)
    return broken(entry, "names no client");
  return decode<answer_body>(entry, "answer", answer_in);
}

expected<closed_body> decode_closed(const journal_entry& entry) {
  return decode<closed_body>(entry, "closed", [](json_fields& fields) {
    return closed_body{fields.content("model"), fields.integer("updates"),
                       fields.integer("failures")};
  });
}

expected<recorded> decode_recorded(const journal_entry& entry) {
  return decode<recorded>(entry, "recorded", [&](json_fields& fields) {
    recorded body{.round = entry.round, .transaction = {}, .gas_used = {}};
    if (fields.has("transaction"))
      body.transaction = fields.fixed<tx_hash>("transaction");
    if (fields.has("gas_used"))
      body.gas_used = fields.integer("gas_used");
    return body;
  });
}

expected<address> decode_bound(const journal_entry& entry) {
  if (!entry.client)
    return broken(entry, "names no client");
  return decode<address>(entry, "bound",
                         [](json_fields& fields) { return fields.fixed<address>("address"); });
}

expected<transaction_body> decode_transaction(const journal_entry& entry) {
  return decode<transaction_body>(entry, "transaction", [](json_fields& fields) {
    return transaction_body{fields.integer("nonce"), fields.fixed<tx_hash>("hash"),
                            fields.raw("raw"), fields.text("purpose")};
  });
}

expected<void> decode_finished(const journal_entry& entry) {
  auto outcome = decode<std::string>(entry, "finished",
                                     [](json_fields& fields) { return fields.text("outcome"); });
  if (!outcome)
    return outcome.error();
  return *outcome == "done" ? expected<void>{caf::unit} : broken(entry, "has no known outcome");
}

} // namespace flwr
