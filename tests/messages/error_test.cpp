#include "messages/error.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("render prefers an error's own words") {
  CHECK(render(make_error(ec::corrupt, "label 11 of 10")) == "label 11 of 10");
  CHECK(render(caf::error{ec::no_space}) == "no space left");
}

TEST_CASE("code_of translates CAF's errors into ours") {
  CHECK(code_of(make_error(ec::usage, "x")) == ec::usage);
  CHECK(code_of(caf::sec::request_timeout) == ec::timeout);
  CHECK(code_of(caf::sec::request_receiver_down) == ec::unreachable);
  CHECK(code_of(caf::exit_reason::user_shutdown) == ec::stopped);
  CHECK(code_of(caf::sec::runtime_error) == ec::bug);
}

TEST_CASE("is_transient tells what another attempt may mend") {
  CHECK(is_transient(ec::unreachable));
  CHECK(is_transient(caf::sec::request_timeout));
  CHECK_FALSE(is_transient(ec::rejected));
  CHECK_FALSE(is_transient(ec::no_space));
}
