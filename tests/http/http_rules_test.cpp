#include "actors/http/http_rules.hpp"

#include "actors/http/http_client.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using Catch::Contains;

TEST_CASE("a place is read from an http URL") {
  struct {
    const char* url;
    http_place place;
  } cases[] = {
    {"http://127.0.0.1:8082", {"127.0.0.1", 8082, ""}},
    {"http://127.0.0.1:8082/", {"127.0.0.1", 8082, ""}},
    {"http://learning.example/eth/", {"learning.example", 80, "/eth"}},
    {"HTTP://[::1]:1/a%20b/c", {"::1", 1, "/a b/c"}},
    {"http://h:65535/x", {"h", 65535, "/x"}},
  };
  for (auto& each : cases) {
    INFO(each.url);
    auto place = parse_http_place(each.url);
    REQUIRE(place);
    CHECK(*place == each.place);
  }
  CHECK(to_text(http_place{"::1", 8082, "/eth"}) == "http://[::1]:8082/eth");
}

TEST_CASE("what isn't a place is refused by its words") {
  auto url = GENERATE("", "127.0.0.1:8082", "https://127.0.0.1", "ws://127.0.0.1", "http://",
                      "http:///eth", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
                      "http://user@h", "http://user:word@h", "http://h?q", "http://h#f",
                      "http://h/a b", "http://[::1", "/eth", "http:h");
  INFO(url);
  auto place = parse_http_place(url);
  REQUIRE_FALSE(place);
  CHECK(place.error() == ec::usage);
  CHECK_THAT(render(place.error()), Contains("'" + std::string{url} + "'"));
}

TEST_CASE("a target is taken apart and decoded") {
  auto target = parse_target("/api/v0/a%2Fb%20c?arg=x%26y&arg=&flag&s=a+b");
  REQUIRE(target);
  CHECK(target->path == "/api/v0/a/b c");
  CHECK(target->query == http_fields{{"arg", "x&y"}, {"arg", ""}, {"flag", ""}, {"s", "a b"}});
}

TEST_CASE("what isn't a target in origin form is refused") {
  auto text = GENERATE("", "*", "hello", "http://localhost/", "/%", "/%4", "/%zz", "/a b", "/a?%g",
                       "/a#b", "/\xc3\xa4");
  INFO(text);
  CHECK_FALSE(parse_target(text));
}

TEST_CASE("our names are the loopback names and those that are allowed, at any port") {
  std::vector<std::string> names{"Learning.example", "[fe80::1]", "fe80::2"};
  for (auto ours :
       {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8082", "[::1]", "[::1]:80",
        "learning.example", "learning.EXAMPLE:443", "[fe80::1]:2", "[fe80::2]", "localhost:"}) {
    INFO(ours);
    CHECK(is_our_name(ours, names));
  }
  for (auto foreign :
       {"", ":80", "evil.example", "localhost.evil.example", "evil.example:localhost",
        "localhost:80:80", "localhost:x", "localhost@evil.example", "user@localhost", "::1",
        "127.0.0.1.evil.example", "127.0.0.2", "localhost/", "[::2]", "learning.example.", "0"}) {
    INFO(foreign);
    CHECK_FALSE(is_our_name(foreign, names));
  }
  CHECK_FALSE(is_our_name("", {""}));
}

TEST_CASE("an origin is ours if its host is") {
  for (auto ours : {"http://localhost", "http://localhost:3000", "https://[::1]:8082",
                    "http://learning.example"}) {
    INFO(ours);
    CHECK(is_our_origin(ours, {"learning.example"}));
  }
  for (auto foreign : {"", "null", "http://evil.example", "http://localhost.evil.example",
                       "http://localhost@evil.example", "localhost", "http://localhost/x",
                       "http://", "http://evil.example:80#localhost"}) {
    INFO(foreign);
    CHECK_FALSE(is_our_origin(foreign, {"learning.example"}));
  }
}

TEST_CASE("the longest path that fits answers") {
  std::vector<http_route> routes(4);
  routes[0].path = "/";
  routes[1].path = "/ipfs/";
  routes[2].path = "/ipfs/special";
  routes[3].path = "/eth";
  auto path_for = [&](std::string_view path) {
    auto found = find_route(routes, path);
    return found ? found->path : "none";
  };
  CHECK(path_for("/") == "/");
  CHECK(path_for("/ipfs/") == "/ipfs/");
  CHECK(path_for("/ipfs/a/b") == "/ipfs/");
  CHECK(path_for("/ipfs/special") == "/ipfs/special");
  CHECK(path_for("/eth") == "/eth");
  CHECK(path_for("/eth/") == "none");
  CHECK(path_for("/ipfs") == "none");
  CHECK(path_for("/other") == "none");
}

TEST_CASE("a media type counts without its parameters and in any case") {
  CHECK(is_media_type("application/json", "application/json"));
  CHECK(is_media_type("Application/JSON ; charset=utf-8", "application/json"));
  CHECK_FALSE(is_media_type("text/plain", "application/json"));
  CHECK_FALSE(is_media_type("application/jsonx", "application/json"));
  CHECK_FALSE(is_media_type("", "application/json"));
}
