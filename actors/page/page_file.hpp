#pragma once

#include "actors/http/http_message.hpp"

#include <string>
#include <string_view>

namespace flwr {

/// The page itself (page.html of this folder), which is built into the program.
std::string_view page_html();

/// It as an answer, with headers that let it do nothing but show what this server says. With all of
/// the port's answers goes `X-Content-Type-Options: nosniff`.
http_response page_response();

/// A Content-Security-Policy for a page whose styles and scripts stand in its <style> and <script>
/// elements without attributes: these texts may run, by their hashes, and nothing else. Pure.
/// @source  https://www.w3.org/TR/CSP3/
std::string content_security_policy(std::string_view html);

} // namespace flwr
