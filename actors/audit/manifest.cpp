#include "actors/audit/manifest.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/audit/merkle.hpp"
#include "actors/audit/outcome_json.hpp"
#include "actors/audit/typed_scalars.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"
#include "messages/client_names.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr auto schema = "flwr-actor/manifest/1";
constexpr auto subject = "manifest: ";
constexpr size_t frame_bytes = 1024; // All but the entries takes less.

json::object entry_of(client_id client, const final_outcome& outcome) {
  auto entry = to_json(outcome);
  entry.emplace("client", number_of(client));
  return entry;
}

caf::error about(client_id client, const caf::error& why) {
  return make_error(ec::rejected, name_of(client) + ": " + render(why));
}

void entry_in(json_fields fields, round_record& into) {
  client_id client{fields.integer("client")};
  if (!into.invited.empty() && client <= into.invited.rbegin()->first)
    fields.refuse("client", "is " + number_of(client) + ", not above the one before");
  into.invited.emplace(client, outcome_in(fields));
  fields.end();
}

manifest read(json_fields fields, caf::error& failure) {
  manifest what;
  if (auto word = fields.text("schema"); word != schema)
    fields.refuse("schema", "is '" + word + "'; use '" + schema + "'");
  what.run = fields.fixed<hash256>("run");
  what.record.round = fields.integer("round", 1);
  what.record.base = fields.content("base");
  what.record.model = fields.content("model");
  size_t number = 0;
  for (const auto& item : fields.list("invited"))
    entry_in({item, fields.where("invited") + "[" + std::to_string(number++) + "].", failure},
             what.record);
  fields.end();
  return what;
}

} // namespace

size_t max_manifest_bytes(uint64_t clients) {
  return frame_bytes + std::min(clients, max_entries) * (max_entry_bytes + 1);
}

expected<void> fits_manifest(const counted& update, client_id client) {
  if (auto metrics = encode_scalars(update.metrics); !metrics)
    return make_error(ec::rejected, "metrics: " + render(metrics.error()));
  auto size = canonical(entry_of(client, update)).size();
  if (size > max_entry_bytes)
    return make_error(ec::rejected, "metrics: they make an entry of " + std::to_string(size)
                                      + " bytes in the round's manifest, which takes "
                                      + std::to_string(max_entry_bytes)
                                      + "; report fewer or shorter ones");
  return caf::unit;
}

expected<std::string> encode_manifest(const hash256& run, const round_record& record) {
  if (record.invited.size() > max_entries)
    return make_error(ec::rejected, std::to_string(record.invited.size())
                                      + " invited clients; a manifest takes "
                                      + std::to_string(max_entries));
  json::array entries;
  for (const auto& [client, outcome] : record.invited) {
    if (auto update = std::get_if<counted>(&outcome))
      if (auto fits = fits_manifest(*update, client); !fits)
        return about(client, fits.error());
    entries.emplace_back(entry_of(client, outcome));
  }
  return canonical(json::object{{"schema", schema},
                                {"run", to_0x(run)},
                                {"round", std::to_string(record.round)},
                                {"base", to_text(record.base)},
                                {"model", to_text(record.model)},
                                {"invited", std::move(entries)}});
}

// What is encoded again has to come out equal: so reasons and entries keep to their limits too.
expected<manifest> decode_manifest(std::string_view text) {
  auto document = parse_canonical(text, max_manifest_bytes(max_entries));
  if (!document)
    return make_error(ec::corrupt, subject + render(document.error()));
  caf::error failure;
  auto what = read({*document, subject, failure}, failure);
  if (failure)
    return failure;
  auto again = encode_manifest(what.run, what.record);
  if (!again)
    return make_error(ec::corrupt, subject + render(again.error()));
  if (*again != text)
    return make_error(ec::corrupt, std::string{subject}
                                     + "a reason is too long, or has other than printable ASCII");
  return what;
}

uint32_t counted_updates(const round_record& record) {
  return static_cast<uint32_t>(std::ranges::count_if(record.invited, [](const auto& entry) {
    return std::holds_alternative<counted>(entry.second);
  }));
}

expected<hash256> updates_root(const run_identity& identity, const round_record& record) {
  std::vector<hash256> leaves;
  for (const auto& [client, outcome] : record.invited) {
    auto update = std::get_if<counted>(&outcome);
    if (!update)
      continue;
    auto statement = statement_of(identity, record.round, client, record.base, *update);
    if (!statement)
      return about(client, statement.error());
    leaves.push_back(merkle_leaf(digest_of(*statement, identity.domain), update->signature));
  }
  return merkle_root(leaves);
}

} // namespace flwr
