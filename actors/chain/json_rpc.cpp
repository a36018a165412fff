#include "actors/chain/json_rpc.hpp"

namespace flwr::json_rpc {
namespace {

namespace json = boost::json;

std::optional<json::value> parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  boost::system::error_code failed;
  auto document = json::parse(text, failed, {}, options);
  return failed ? std::nullopt : std::optional{std::move(document)};
}

call broken_call(json::value id, int code, const std::string& message) {
  return {std::move(id), {}, {}, failure{code, message, {}}, false};
}

// Of the numbers those that come back as they were.
bool is_id(const json::value& id) {
  return id.is_string() || id.is_int64() || id.is_uint64() || id.is_null();
}

call read_call(const json::value& from) {
  auto* members = from.if_object();
  if (!members)
    return broken_call(nullptr, -32600, "invalid request");
  auto* id = members->if_contains("id");
  auto* method = members->if_contains("method");
  auto* params = members->if_contains("params");
  auto known = id && is_id(*id) ? *id : json::value{};
  auto* version = members->if_contains("jsonrpc");
  if (!method || !method->is_string() || (id && !is_id(*id)) || !version || *version != "2.0")
    return broken_call(known, -32600, "invalid request");
  if (params && !params->is_array() && !params->is_null())
    return broken_call(known, -32602, "non-array args");
  call what{known, std::string{method->get_string()}, {}, {}, !id};
  if (params && params->is_array())
    what.params = params->get_array();
  return what;
}

} // namespace

bool is_batch(std::string_view body) {
  auto first = body.find_first_not_of(" \t\r\n");
  return first != body.npos && body[first] == '[';
}

request read(std::string_view body) {
  auto document = parse(body);
  if (!document)
    return {{broken_call(nullptr, -32700, "parse error")}, false};
  auto* batch = document->if_array();
  if (!batch)
    return {{read_call(*document)}, false};
  if (batch->empty())
    return {{broken_call(nullptr, -32600, "empty batch")}, false};
  if (batch->size() > max_batch)
    return {{broken_call(nullptr, -32600, "batch too large")}, false};
  request all{{}, true};
  for (auto& each : *batch)
    all.calls.push_back(read_call(each));
  return all;
}

json::object result_of(const call& what, json::value result) {
  return {{"jsonrpc", "2.0"}, {"id", what.id}, {"result", std::move(result)}};
}

json::object failure_of(const call& what, const failure& why) {
  json::object error{{"code", why.code}, {"message", why.message}};
  if (!why.data.is_null())
    error.emplace("data", why.data);
  return {{"jsonrpc", "2.0"}, {"id", what.id}, {"error", std::move(error)}};
}

std::string write(const request& what, const std::vector<std::string>& answers) {
  std::string all;
  for (size_t i = 0; i < answers.size(); ++i)
    if (!what.calls[i].is_notification)
      all.append(all.empty() ? "" : ",").append(answers[i]);
  return what.is_batch && !all.empty() ? "[" + all + "]" : all;
}

std::string ask(uint64_t id, std::string_view method, json::array params) {
  return json::serialize(json::object{
    {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
}

expected<answer> read_answer(std::string_view body, uint64_t id) {
  auto broken = [](const char* why) {
    return make_error(ec::corrupt, std::string{"the node's answer "} + why);
  };
  auto document = parse(body);
  auto* members = document ? document->if_object() : nullptr;
  if (!members)
    return broken("isn't a JSON object");
  auto* number = members->if_contains("id");
  if (!number || *number != id)
    return broken("is to another call");
  if (auto* result = members->if_contains("result"))
    return answer{*result, {}};
  auto* error = members->if_contains("error");
  auto* parts = error ? error->if_object() : nullptr;
  auto* message = parts ? parts->if_contains("message") : nullptr;
  auto* code = parts ? parts->if_contains("code") : nullptr;
  if (!message || !message->is_string() || !code || !code->is_int64())
    return broken("has neither a result nor an error");
  auto* data = parts->if_contains("data");
  return answer{{},
                failure{static_cast<int>(code->get_int64()), std::string{message->get_string()},
                        data ? *data : json::value{}}};
}

} // namespace flwr::json_rpc
