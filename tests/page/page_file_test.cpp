#include "actors/page/page_file.hpp"

#include "actors/http/http_message.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using Catch::Contains;

// The hashes by `printf TEXT | openssl dgst -sha256 -binary | base64`.
TEST_CASE("a policy allows the texts of style and script elements, by their hashes") {
  auto policy = content_security_policy("<style>a</style><script>doSomething();</script>");
  CHECK_THAT(policy, Contains("script-src 'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc=';"));
  CHECK_THAT(policy, Contains("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=';"));
  CHECK_THAT(content_security_policy("<p>"), Contains("script-src 'none'; style-src 'none'"));
}

TEST_CASE("the page is small, whole, and needs nothing from elsewhere") {
  auto html = page_html();
  CHECK(html.size() < 100'000);
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(html.ends_with("</html>\n"));
  for (auto* foreign : {"http://", "https://", "src=", "@import", "url(", "innerHTML", "outerHTML",
                        "insertAdjacentHTML", "document.write", "eval(", "style=\""}) {
    INFO(foreign);
    auto at = html.find(foreign);
    // The one name of a vocabulary, which nobody fetches.
    if (at != html.npos && html.substr(at).starts_with("http://www.w3.org/2000/svg\""))
      at = html.find(foreign, at + 1);
    CHECK(at == html.npos);
  }
}

TEST_CASE("the page's answer says what it may do, and what it is") {
  auto answer = page_response();
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "text/html; charset=utf-8");
  auto policy = std::string{value_of(answer.fields, "Content-Security-Policy")};
  CHECK_THAT(policy, Contains("default-src 'none'") && Contains("connect-src 'self'")
                       && Contains("frame-ancestors 'none'") && !Contains("unsafe"));
  CHECK(answer.body->size() == page_html().size());
}
