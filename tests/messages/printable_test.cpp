#include "messages/printable.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("printable_ascii leaves nothing that a terminal, a page or JSON could stumble over") {
  CHECK(printable_ascii("a\xff\n<b>\x1b") == "a?\?<b>?");
  CHECK(printable_ascii(std::string_view{"\0\x7f~ ", 4}) == "?\?~ ");
  CHECK(printable_ascii("long", 2) == "lo");
  CHECK(printable_ascii("") == "");
}
