#include "actors/audit/client_memory.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/audit/outcome_json.hpp"
#include "actors/audit/typed_scalars.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"

#include <boost/json.hpp>

#include <limits>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr auto schema = "flwr-actor/client/1";

json::object answer_json(const fit_res& res) {
  auto members = to_json(final_outcome{counted{.model = res.model.id,
                                               .num_examples = res.num_examples,
                                               .metrics = res.metrics,
                                               .signer = res.signer,
                                               .signature = res.signature}});
  members.emplace("client", std::to_string(static_cast<uint64_t>(res.client)));
  members.emplace("round", std::to_string(res.round));
  members.emplace("base", to_text(res.base));
  return members;
}

fit_res answer_in(json_fields fields) {
  fit_res res;
  res.client = client_id{fields.integer("client")};
  res.round = fields.integer("round", 1);
  res.base = fields.content("base");
  auto outcome = outcome_in(fields);
  if (auto* what = std::get_if<counted>(&outcome)) {
    res.model.id = what->model;
    res.num_examples = what->num_examples;
    res.metrics = what->metrics;
    res.signer = what->signer;
    res.signature = what->signature;
  } else {
    fields.refuse("outcome", "isn't 'counted'");
  }
  fields.end();
  return res;
}

} // namespace

expected<std::string> encode_client_memory(const client_memory& what) {
  json::object document{{"schema", schema},
                        {"run", to_0x(what.run)},
                        {"chain_id", std::to_string(what.chain_id)},
                        {"contract", to_0x(what.contract)},
                        {"over", what.over ? "1" : "0"}};
  if (what.answer) {
    if (auto ascii = encode_scalars(what.answer->metrics); !ascii)
      return ascii.error();
    document.emplace("answer", answer_json(*what.answer));
  }
  return canonical(document);
}

expected<client_memory> decode_client_memory(std::string_view text) {
  auto document = parse_canonical(text);
  if (!document)
    return document.error();
  caf::error failure;
  json_fields fields{*document, "client's memory: ", failure};
  if (auto found = fields.text("schema"); found != schema)
    fields.refuse("schema", "is '" + found + "'; this program knows '" + schema + "'");
  client_memory what;
  what.run = fields.fixed<hash256>("run");
  what.chain_id = fields.integer("chain_id");
  what.contract = fields.fixed<address>("contract");
  what.over = fields.integer("over", 0, 1) == 1;
  if (fields.has("answer"))
    what.answer = answer_in(fields.object("answer"));
  fields.end();
  if (failure)
    return failure;
  return what;
}

} // namespace flwr
