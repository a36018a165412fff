#include "apps/exit_codes.hpp"

#include "apps/error_json.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("every kind of error has its exit code") {
  auto [code, number] = GENERATE(table<ec, int>({
    {ec::unreachable, 2},
    {ec::timeout, 3},
    {ec::rejected, 1},
    {ec::corrupt, 1},
    {ec::exhausted, 1},
    {ec::missing, 3},
    {ec::no_space, 1},
    {ec::io, 1},
    {ec::usage, 4},
    {ec::stopped, 130},
    {ec::bug, 5},
  }));
  CHECK(static_cast<int>(exit_code_of(code)) == number);
}

TEST_CASE("what the user named and is no good is a matter of usage; what isn't there stays so") {
  CHECK(as_usage(make_error(ec::corrupt, "no TorchScript")) == ec::usage);
  CHECK(render(as_usage(make_error(ec::rejected, "wrong password"))) == "wrong password");
  CHECK(as_usage(make_error(ec::rejected, "")) == ec::usage);
  CHECK(as_usage(make_error(ec::missing, "no file")) == ec::missing);
  CHECK(as_usage(make_error(ec::no_space, "full")) == ec::no_space);
}

TEST_CASE("an error is a document, too") {
  CHECK(json_of(make_error(ec::missing, "no \"x\"\xff\n"))
        == R"({"schema":"flwr-actor/error/1","error":"no \"x\"??","exit_code":3})");
}
