#include "actors/ipfs/kubo_answers.hpp"

#include "actors/ipfs/content_id.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <span>

namespace flwr::kubo {
namespace {

namespace json = boost::json;

http_response json_response(unsigned status, const json::value& document) {
  return text_response(status, json::serialize(document) + "\n", "application/json");
}

http_response failure(unsigned status, const std::string& words) {
  return json_response(status, json::object{{"Message", words}, {"Code", 0}, {"Type", "error"}});
}

std::string line_of(const json::object& entry) { return json::serialize(entry) + "\n"; }

/// Kubo's client then takes an answer line by line.
http_response chunked(http_response answer) {
  answer.fields.push_back({"X-Chunked-Output", "1"});
  return answer;
}

json::array texts_of(const std::vector<content_id>& ids) {
  json::array texts;
  for (auto& id : ids)
    texts.emplace_back(to_text(id));
  return texts;
}

http_response pin_list(const std::vector<content_id>& ids) {
  json::object keys;
  for (auto& id : ids)
    keys.emplace(to_text(id), json::object{{"Type", "recursive"}, {"Name", ""}});
  return json_response(200, json::object{{"Keys", std::move(keys)}});
}

http_response pin_lines(const std::vector<content_id>& ids) {
  std::string lines;
  for (auto& id : ids)
    lines += line_of({{"Cid", to_text(id)}, {"Type", "recursive"}});
  return chunked(text_response(200, lines, "application/json"));
}

} // namespace

// Kubo's clients look at the words alone.
http_response refusal(const caf::error& why) {
  if (code_of(why) == ec::no_space)
    return failure(507, "no space left on the server's disk"); // Its paths are nobody's business.
  if (code_of(why) == ec::io)
    return failure(500, "the server's disk failed");
  auto words = render(why);
  return failure(
    500, code_of(why) == ec::missing ? words + ": block was not found locally (offline)" : words);
}

http_response bad_argument(const std::string& why) { return failure(400, why); }

http_response added(const std::vector<std::pair<std::string, stored_file>>& files) {
  std::string lines;
  for (auto& [name, file] : files) {
    auto id = to_text(file.id);
    lines += line_of(
      {{"Name", name.empty() ? id : name}, {"Hash", id}, {"Size", std::to_string(file.dag_bytes)}});
  }
  return chunked(text_response(200, lines, "application/json"));
}

http_response block_stored(const content_id& id, uint64_t size_bytes) {
  return block_facts(id, size_bytes);
}

http_response block_facts(const content_id& id, uint64_t size_bytes) {
  return json_response(200, json::object{{"Key", to_text(id)}, {"Size", size_bytes}});
}

http_response pinned(const std::vector<content_id>& ids) {
  return json_response(200, json::object{{"Pins", texts_of(ids)}});
}

http_response pins(const pin_listing& wanted, const std::vector<content_id>& asked,
                   const std::vector<content_id>& held) {
  for (auto& id : asked)
    if (!wanted.recursive || std::ranges::find(held, id) == held.end())
      return refusal(not_held(id));
  auto& ids = asked.empty() && wanted.recursive ? held : asked;
  return wanted.by_line ? pin_lines(ids) : pin_list(ids);
}

http_response imported(const import_report& what) {
  std::string lines;
  if (what.root)
    lines += line_of({{"Root", json::object{{"Cid", json::object{{"/", to_text(*what.root)}}},
                                            {"PinErrorMsg", what.pin_error}}}});
  if (what.blocks)
    lines += line_of({{"Stats", json::object{{"BlockCount", *what.blocks},
                                             {"BlockBytesCount", what.block_bytes}}}});
  return chunked(text_response(200, lines, "application/json"));
}

http_response identity() {
  return json_response(200, json::object{{"ID", "flwr-actor"},
                                         {"PublicKey", ""},
                                         {"Addresses", json::array{}},
                                         {"AgentVersion", "flwr-actor/" FLWR_VERSION},
                                         {"Protocols", json::array{}}});
}

http_response version() {
  return json_response(
    200,
    json::object{
      {"Version", FLWR_VERSION}, {"Commit", ""}, {"Repo", ""}, {"System", ""}, {"Golang", ""}});
}

blob_ptr part_of(const blob_ptr& blob, uint64_t offset, uint64_t length) {
  if (offset == 0 && length >= blob->size())
    return blob;
  auto rest = std::span{*blob}.subspan(std::min<uint64_t>(offset, blob->size()));
  auto part = rest.first(std::min<uint64_t>(length, rest.size()));
  return std::make_shared<const bytes>(part.begin(), part.end());
}

http_response stream_of(blob_ptr data, const std::string& content_type) {
  return {.status = 200,
          .content_type = content_type,
          .fields = {{"X-Stream-Output", "1"}},
          .body = std::move(data)};
}

std::string message_in(const http_response& answer) {
  constexpr size_t enough = 300;
  std::string text;
  if (answer.body)
    text.assign(answer.body->begin(), answer.body->end());
  boost::system::error_code failed;
  auto document = json::parse(text, failed);
  auto* members = failed ? nullptr : document.if_object();
  auto* message = members ? members->if_contains("Message") : nullptr;
  if (message && message->is_string())
    text = std::string{message->as_string()};
  return text.substr(0, std::min(text.find('\n'), enough));
}

} // namespace flwr::kubo
