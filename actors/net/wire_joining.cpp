#include "actors/ipfs/content_id.hpp"
#include "actors/net/wire.hpp"
#include "actors/net/wire_scalars.hpp"

#include <algorithm>

namespace flwr::wire {
namespace {

constexpr std::string_view http_prefix = "http:";

bytes bytes_of(const auto& array) { return {array.begin(), array.end()}; }

/// "http:8082" and the host that was dialled: "http://HOST:8082".
expected<std::string> url_of(const std::string& port, std::string_view host) {
  if (port.empty())
    return std::string{};
  auto digits = std::string_view{port}.substr(std::min(http_prefix.size(), port.size()));
  auto is_port = port.starts_with(http_prefix) && !digits.empty() && digits.size() <= 5
                 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_port)
    return make_error(ec::corrupt, "the server's HTTP place '" + port.substr(0, 60)
                                     + "' isn't http: and a port");
  auto is_ipv6 = host.find(':') != host.npos;
  return "http://" + (is_ipv6 ? "[" + std::string{host} + "]" : std::string{host}) + ":"
         + std::string{digits};
}

void set_success(proto::Status& status) {
  status.set_code(proto::OK);
  status.set_message("Success");
}

} // namespace

proto::ServerMessage greeting_to_proto(const greeting& words) {
  proto::ServerMessage msg;
  auto& config = *msg.mutable_get_properties_ins()->mutable_config();
  set_own(config, "run", bytes_of(words.run));
  set_own(config, "description", to_text(words.description));
  set_own(config, "genesis", to_text(words.genesis));
  set_own(config, "contract", bytes_of(words.contract));
  set_own(config, "chain_id", static_cast<int64_t>(words.chain_id));
  set_own(config, "chain", words.chain);
  set_own(config, "ipfs", words.ipfs);
  set_own(config, "http", words.http);
  set_own(config, "token", words.token);
  set_own(config, "nonce", bytes_of(words.nonce));
  return msg;
}

expected<greeting> greeting_from_proto(const proto::ServerMessage& msg,
                                       std::string_view dialled_host) {
  if (!msg.has_get_properties_ins())
    return make_error(ec::corrupt, "the server didn't greet; is it one of flwr-actor's?");
  caf::error failure;
  own_words own{msg.get_properties_ins().config(), failure};
  greeting words{.run = own.fixed<hash256>("run"),
                 .description = own.content("description"),
                 .genesis = own.content("genesis"),
                 .contract = own.fixed<address>("contract"),
                 .chain_id = own.number("chain_id"),
                 .chain = own.text("chain"),
                 .ipfs = own.text("ipfs"),
                 .http = own.text("http"),
                 .token = own.text("token"),
                 .nonce = own.fixed<hash256>("nonce")};
  if (failure)
    return failure;
  auto url = url_of(words.http, dialled_host);
  if (!url)
    return url.error();
  words.http = *url;
  return words;
}

proto::ClientMessage proof_to_proto(const join_proof& proof) {
  proto::ClientMessage msg;
  auto& answer = *msg.mutable_get_properties_res();
  set_success(*answer.mutable_status());
  auto& properties = *answer.mutable_properties();
  set_own(properties, "client_id", static_cast<int64_t>(proof.client));
  set_own(properties, "address", bytes_of(proof.key));
  set_own(properties, "proof", bytes_of(proof.signature));
  return msg;
}

expected<join_proof> proof_from_proto(const proto::ClientMessage& msg) {
  if (!msg.has_get_properties_res())
    return make_error(ec::corrupt, "the client didn't answer the greeting");
  auto& answer = msg.get_properties_res();
  if (answer.status().code() != proto::OK)
    return make_error(ec::rejected, "the client can't join: " + answer.status().message());
  caf::error failure;
  own_words own{answer.properties(), failure};
  join_proof proof{.client = client_id{own.number("client_id")},
                   .key = own.fixed<address>("address"),
                   .signature = own.fixed<signature_bytes>("proof")};
  if (failure)
    return failure;
  return proof;
}

proto::ClientMessage inability_to_proto(const caf::error& why) {
  proto::ClientMessage msg;
  auto& status = *msg.mutable_get_properties_res()->mutable_status();
  status.set_code(proto::GET_PROPERTIES_NOT_IMPLEMENTED);
  status.set_message(render(why));
  return msg;
}

proto::ServerMessage refusal_to_proto(std::string_view reason) {
  proto::ServerMessage msg;
  set_own(*msg.mutable_get_properties_ins()->mutable_config(), "refused", std::string{reason});
  return msg;
}

std::optional<std::string> refusal_in(const proto::ServerMessage& msg) {
  if (!msg.has_get_properties_ins())
    return std::nullopt;
  caf::error failure;
  own_words own{msg.get_properties_ins().config(), failure};
  return own.has("refused") ? std::optional{own.text("refused")} : std::nullopt;
}

proto::ServerMessage goodbye() {
  proto::ServerMessage msg;
  msg.mutable_reconnect_ins();
  return msg;
}

} // namespace flwr::wire
