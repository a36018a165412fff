#include "messages/printable.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("printable_ascii leaves nothing that a terminal, a page or JSON could stumble over") {
  CHECK(printable_ascii("a\xff\n<b>\x1b") == "a?\?<b>?");
  CHECK(printable_ascii(std::string_view{"\0\x7f~ ", 4}) == "?\?~ ");
  CHECK(printable_ascii("long", 2) == "lo");
  CHECK(printable_ascii("") == "");
}

TEST_CASE("printable leaves nothing that could steer a terminal, and other letters as they are") {
  CHECK(printable("a\nb\x7f\x1b[2J") == "a?b??[2J");
  CHECK(printable("\xc2\x9b"
                  "2J")
        == "?2J"); // CSI as one character.
  CHECK(printable("\xc3\x84pfel \xc2\xa0 \xe2\x82\xac") == "\xc3\x84pfel \xc2\xa0 \xe2\x82\xac");
  CHECK(printable("\xc2") == "\xc2");
  CHECK(printable("\xc2"
                  "A")
        == "\xc2"
           "A");
}
