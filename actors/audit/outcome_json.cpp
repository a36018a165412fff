#include "actors/audit/outcome_json.hpp"

#include "actors/audit/typed_scalars.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"
#include "messages/printable.hpp"

#include <boost/json.hpp>

namespace flwr {
namespace {

namespace json = boost::json;

struct outcome_writer {
  json::object operator()(const counted& what) const {
    json::object members{{"outcome", "counted"},
                         {"model", to_text(what.model)},
                         {"num_examples", std::to_string(what.num_examples)},
                         {"metrics", to_json(what.metrics)}};
    if (what.signature != signature_bytes{}) {
      members.emplace("address", to_0x(what.signer));
      members.emplace("signature", to_0x(what.signature));
    }
    return members;
  }

  json::object operator()(const refused& what) const {
    return {{"outcome", "refused"}, {"reason", reason_text(what.reason)}};
  }

  json::object operator()(const silent& what) const {
    return {{"outcome", "silent"}, {"reason", reason_text(what.reason)}};
  }
};

counted counted_in(json_fields& fields) {
  constexpr uint64_t most = std::numeric_limits<int64_t>::max();
  counted what;
  what.model = fields.content("model");
  what.num_examples = static_cast<int64_t>(fields.integer("num_examples", 1, most));
  what.metrics = fields.typed_map("metrics");
  if (fields.has("address") || fields.has("signature")) {
    what.signer = fields.fixed<address>("address");
    what.signature = fields.fixed<signature_bytes>("signature");
  }
  return what;
}

} // namespace

std::string reason_text(std::string_view why) { return printable_ascii(why, max_reason_bytes); }

json::object to_json(const final_outcome& outcome) { return std::visit(outcome_writer{}, outcome); }

final_outcome outcome_in(json_fields& fields) {
  auto word = fields.text("outcome");
  if (word == "counted")
    return counted_in(fields);
  if (word == "refused")
    return refused{fields.text("reason")};
  if (word != "silent")
    fields.refuse("outcome", "is '" + word + "'; use 'counted', 'refused' or 'silent'");
  return silent{fields.text("reason")};
}

} // namespace flwr
