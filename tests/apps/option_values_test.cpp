#include "apps/option_values.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <vector>

using namespace flwr;
using namespace std::chrono_literals;

TEST_CASE("a count is decimal digits within its range") {
  CHECK(parse_count("1", 1, 9) == 1);
  CHECK(parse_count("9", 1, 9) == 9);
  CHECK(parse_count("18446744073709551615", 0, std::numeric_limits<uint64_t>::max())
        == std::numeric_limits<uint64_t>::max());
  for (auto wrong :
       {"", "0", "10", "-1", "+1", " 1", "1 ", "1.0", "1e0", "0x1", "one", "18446744073709551616"})
    CHECK_FALSE(parse_count(wrong, 1, 9));
}

TEST_CASE("a real number is finite and within its range") {
  CHECK(parse_real("0.2", 0, 1) == 0.2);
  CHECK(parse_real("1e-3", 0, 1) == 0.001);
  CHECK(parse_real("0", 0, 1) == 0.0);
  CHECK(parse_real("1", 0, 1) == 1.0);
  for (auto wrong : {"", "1.0000001", "-0.1", "nan", "-nan", "inf", "1e400", "0.5x", "0,5", "half"})
    CHECK_FALSE(parse_real(wrong, 0, 1));
}

TEST_CASE("a duration needs its unit and stays below a year") {
  CHECK(parse_duration("1500ms") == 1500ms);
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("8760h") == longest_duration);
  for (auto wrong : {"", "90", "s", "0s", "-1s", "1.5s", "90 s", "90sec", "90S", "8761h",
                     "18446744073709551615h"})
    CHECK_FALSE(parse_duration(wrong));
}

TEST_CASE("a size counts in thousands or in 1024s, and never wraps") {
  CHECK(parse_size("1") == 1u);
  CHECK(parse_size("64MiB") == 64u << 20);
  CHECK(parse_size("64M") == 64'000'000u);
  CHECK(parse_size("64MB") == 64'000'000u);
  CHECK(parse_size("3k") == 3000u);
  CHECK(parse_size("3KiB") == 3072u);
  CHECK(parse_size("2G") == 2'000'000'000u);
  CHECK(parse_size("17179869183GiB") == 17179869183u << 30);
  for (auto wrong : {"", "0", "M", "1.5M", "64m", "64K", "64mb", "64 MiB", "-1", "1T",
                     "17179869184GiB", "18446744073709551616"})
    CHECK_FALSE(parse_size(wrong));
}

TEST_CASE("a flag's value is true or false") {
  CHECK(parse_flag("true") == true);
  CHECK(parse_flag("1") == true);
  CHECK(parse_flag("false") == false);
  CHECK(parse_flag("0") == false);
  for (auto wrong : {"", "yes", "True", "2"})
    CHECK_FALSE(parse_flag(wrong));
}

TEST_CASE("a mistyped word is recognised") {
  const std::vector<std::string> known = {"rounds", "round-timeout", "local-epochs", "lr", "seed"};
  CHECK(nearest("rouns", known) == "rounds");
  CHECK(nearest("roudns", known) == "rounds");
  CHECK(nearest("round_timeout", known) == "round-timeout");
  CHECK(nearest("epochs", known) == "local-epochs");
  CHECK(nearest("timeout", known) == "round-timeout");
  CHECK(nearest("", known).empty());
  CHECK(nearest("listen", known).empty());
  CHECK(suggestion("--", "rouns", known) == " (did you mean --rounds?)");
  CHECK(suggestion("--", "listen", known).empty());
  CHECK(nearest("rounds", {}).empty());
}
