#include "actors/http/http_client.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace flwr {
namespace {

namespace urls = boost::urls;

constexpr uint16_t http_port = 80;

bool is_plain(const urls::url_view& url) {
  return url.scheme_id() == urls::scheme::http && !url.encoded_host().empty() && !url.has_userinfo()
         && !url.has_query() && !url.has_fragment();
}

std::string without_brackets(std::string host) {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

} // namespace

expected<http_place> parse_http_place(std::string_view text) {
  auto url = urls::parse_uri(text);
  if (!url || !is_plain(*url) || (url->has_port() && url->port_number() == 0))
    return make_error(ec::usage, "'" + std::string{text}
                                   + "' isn't an URL that this program can use; write it like "
                                     "http://127.0.0.1:8082");
  auto path = url->path();
  while (path.ends_with('/'))
    path.pop_back();
  return http_place{.host = without_brackets(std::string{url->encoded_host()}),
                    .port = url->has_port() ? url->port_number() : http_port,
                    .path = std::move(path)};
}

std::string to_text(const http_place& place) {
  auto is_ipv6 = place.host.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + place.host + "]" : place.host) + ":"
         + std::to_string(place.port) + place.path;
}

} // namespace flwr
