#include "actors/ipfs/gateway.hpp"

#include "actors/ipfs/content_id.hpp"

namespace flwr {
namespace {

constexpr std::string_view prefix = "/ipfs/";
constexpr std::string_view raw_type = "application/vnd.ipld.raw";
constexpr std::string_view car_type = "application/vnd.ipld.car";

expected<gateway_format> format_of(const http_request& request) {
  auto asked = value_of(request.query, "format");
  auto accepted = value_of(request.fields, "accept");
  auto accepts = [&](std::string_view type) { return accepted.find(type) != accepted.npos; };
  if (asked == "raw" || (asked.empty() && accepts(raw_type)))
    return gateway_format::raw;
  if (asked == "car" || (asked.empty() && accepts(car_type)))
    return gateway_format::car;
  if (!asked.empty())
    return make_error(ec::usage, "format is '" + std::string{asked} + "'; use raw or car");
  return gateway_format::file;
}

std::string tag_of(const content_id& id, gateway_format format) {
  auto text = "\"" + to_text(id);
  if (format == gateway_format::raw)
    text += ".raw";
  if (format == gateway_format::car)
    text += ".car";
  return text + "\"";
}

std::string type_of(gateway_format format) {
  if (format == gateway_format::raw)
    return std::string{raw_type};
  if (format == gateway_format::car)
    return std::string{car_type} + "; version=1; order=dfs; dups=n";
  return "application/octet-stream";
}

std::string file_name(const gateway_request& asked) {
  auto text = to_text(asked.id);
  if (asked.format == gateway_format::raw)
    text += ".bin";
  if (asked.format == gateway_format::car)
    text += ".car";
  return text;
}

http_fields fields_of(const gateway_request& asked) {
  return {{"ETag", asked.tag},
          {"Cache-Control", "public, max-age=29030400, immutable"},
          {"X-Ipfs-Path", "/ipfs/" + to_text(asked.id)},
          {"Content-Disposition", "attachment; filename=\"" + file_name(asked) + "\""}};
}

} // namespace

expected<gateway_request> parse_gateway_request(const http_request& request) {
  auto path = std::string_view{request.path}.substr(prefix.size());
  auto slash = path.find('/');
  auto id = content_id_from_text(path.substr(0, slash));
  if (!id)
    return make_error(ec::usage, render(id.error()));
  if (slash != path.npos && slash + 1 < path.size())
    return make_error(ec::missing, "a file has no path below it");
  auto format = format_of(request);
  if (!format)
    return format.error();
  gateway_request asked{*id, *format, tag_of(*id, *format), false};
  auto known = value_of(request.fields, "if-none-match");
  asked.known = known == "*" || known.find(asked.tag) != known.npos;
  return asked;
}

http_response gateway_answer(const gateway_request& asked, blob_ptr data) {
  return {.status = 200,
          .content_type = type_of(asked.format),
          .fields = fields_of(asked),
          .body = std::move(data)};
}

http_response not_modified(const gateway_request& asked) {
  return {.status = 304, .content_type = {}, .fields = fields_of(asked), .body = {}};
}

http_response gateway_refusal(const caf::error& why) {
  switch (code_of(why)) {
  case ec::usage:
    return text_response(400, render(why) + "\n");
  case ec::missing:
    return text_response(404, render(why) + "\n");
  default:
    return text_response(500, render(why) + "\n");
  }
}

} // namespace flwr
