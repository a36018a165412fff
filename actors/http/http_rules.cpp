#include "actors/http/http_rules.hpp"

#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>

namespace flwr {
namespace {

namespace urls = boost::urls;

constexpr std::array<std::string_view, 3> loopback_names{"localhost", "127.0.0.1", "::1"};

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string without_brackets(std::string_view name) {
  auto bracketed = name.starts_with('[') && name.ends_with(']');
  return lower(bracketed ? name.substr(1, name.size() - 2) : name);
}

/// The name of "name:port", in lower case; "" if it isn't of that form.
std::string name_in(std::string_view authority) {
  auto parsed = urls::parse_authority(authority);
  return parsed && !parsed->has_userinfo() ? without_brackets(parsed->encoded_host()) : "";
}

/// HEAD goes wherever GET does.
bool allows(const http_route& route, std::string_view method) {
  auto named = [&](std::string_view wanted) {
    return std::ranges::find(route.methods, wanted) != route.methods.end();
  };
  return named(method) || (method == "HEAD" && named("GET"));
}

std::string methods_of(const http_route& route) {
  std::string text;
  for (auto& method : route.methods)
    if (method != "HEAD")
      text += (text.empty() ? "" : ", ") + method;
  return allows(route, "HEAD") ? text + ", HEAD" : text;
}

bool is_of_our_origin(const http_request& request, const std::vector<std::string>& names) {
  return std::ranges::all_of(request.fields, [&](const http_field& field) {
    return lower(field.name) != "origin" || is_our_origin(field.value, names);
  });
}

http_response not_allowed(const http_route& route) {
  auto refusal = text_response(405, "use " + methods_of(route) + " here\n");
  refusal.fields.push_back({"Allow", methods_of(route)});
  return refusal;
}

http_response wants_web_socket() {
  auto refusal = text_response(426, "this is a WebSocket's place\n");
  refusal.fields.push_back({"Upgrade", "websocket"});
  return refusal;
}

} // namespace

std::optional<http_target> parse_target(std::string_view target) {
  auto parsed = urls::parse_origin_form(target);
  if (!parsed)
    return std::nullopt;
  http_target found{.path = {}, .query = {}};
  parsed->encoded_path().decode({}, urls::string_token::assign_to(found.path));
  for (auto param : parsed->params())
    found.query.push_back({std::string{param.key}, std::string{param.value}});
  return found;
}

bool is_our_name(std::string_view authority, const std::vector<std::string>& names) {
  auto name = name_in(authority);
  auto is_it = [&](std::string_view ours) { return without_brackets(ours) == name; };
  return !name.empty()
         && (std::ranges::any_of(loopback_names, is_it) || std::ranges::any_of(names, is_it));
}

bool is_our_origin(std::string_view origin, const std::vector<std::string>& names) {
  auto parsed = urls::parse_uri(origin);
  return parsed && parsed->has_authority() && parsed->encoded_path().empty()
         && is_our_name(std::string_view{parsed->encoded_host_and_port()}, names);
}

const http_route* find_route(const std::vector<http_route>& routes, std::string_view path) {
  const http_route* best = nullptr;
  for (auto& route : routes) {
    auto fits = route.path.ends_with('/') && route.path.size() > 1 ? path.starts_with(route.path)
                                                                   : path == route.path;
    if (fits && (!best || route.path.size() > best->path.size()))
      best = &route;
  }
  return best;
}

bool is_media_type(std::string_view content_type, std::string_view wanted) {
  auto type = content_type.substr(0, content_type.find(';'));
  auto end = type.find_last_not_of(" \t");
  return lower(type.substr(0, end == type.npos ? 0 : end + 1)) == lower(wanted);
}

std::optional<http_response> judge_header(const http_request& request, const http_route* route,
                                          const std::vector<std::string>& our_names, bool has_body,
                                          bool wants_upgrade) {
  auto host = value_of(request.fields, "host");
  if (host.empty())
    return text_response(403, "say in a Host field whom this is for\n");
  if (!is_our_name(host, our_names))
    return text_response(403, "this server has another name; its operator allows more with "
                              "--allow-host\n");
  if (!is_of_our_origin(request, our_names))
    return text_response(403, "pages of other origins may not ask here\n");
  if (!route)
    return text_response(404, "there is nothing here\n");
  if (wants_upgrade && route->upgrade)
    return std::nullopt;
  if (!route->serve)
    return wants_web_socket();
  if (!allows(*route, request.method))
    return not_allowed(*route);
  if (!route->content_type.empty() && has_body
      && !is_media_type(value_of(request.fields, "content-type"), route->content_type))
    return text_response(415, "send " + route->content_type + "\n");
  return std::nullopt;
}

} // namespace flwr
