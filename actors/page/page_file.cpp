#include "actors/page/page_file.hpp"

#include "actors/hash/sha256.hpp"

namespace flwr {
namespace {

constexpr unsigned char page[] = {
#include "page_html.inc"
};

/// RFC 4648, section 4.
std::string base64(std::span<const uint8_t> raw) {
  constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < raw.size(); i += 3) {
    auto byte = [&](size_t k) { return i + k < raw.size() ? unsigned{raw[i + k]} : 0u; };
    auto word = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (int shift = 18; shift >= 0; shift -= 6)
      text += digits[word >> shift & 63];
  }
  for (auto odd = raw.size() % 3; odd > 0 && odd < 3; ++odd)
    text[text.size() - (3 - odd)] = '=';
  return text;
}

std::string hash_source(std::string_view text) {
  return " 'sha256-" + base64(sha256({reinterpret_cast<const uint8_t*>(text.data()), text.size()}))
         + "'";
}

/// A source for each element of that name; 'none' without any.
std::string sources_of(std::string_view html, const std::string& element) {
  auto begin = "<" + element + ">", end = "</" + element + ">";
  std::string sources;
  for (auto at = html.find(begin); at != html.npos; at = html.find(begin, at)) {
    at += begin.size();
    sources += hash_source(html.substr(at, html.find(end, at) - at));
  }
  return sources.empty() ? " 'none'" : sources;
}

} // namespace

std::string_view page_html() { return {reinterpret_cast<const char*>(page), sizeof page}; }

std::string content_security_policy(std::string_view html) {
  return "default-src 'none'; script-src" + sources_of(html, "script") + "; style-src"
         + sources_of(html, "style")
         + "; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
}

http_response page_response() {
  auto answer = text_response(200, page_html(), "text/html; charset=utf-8");
  answer.fields = {{"Content-Security-Policy", content_security_policy(page_html())},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cache-Control", "no-cache"}};
  return answer;
}

} // namespace flwr
