#include "actors/chain/address.hpp"

#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

std::string why_refused(std::string_view text) {
  auto account = address_from_text(text);
  REQUIRE_FALSE(account);
  CHECK(account.error() == ec::rejected);
  return render(account.error());
}

} // namespace

TEST_CASE("addresses of the vectors have their checksum, and are read in each accepted case") {
  for (const auto& each : cases_of("accounts", "checksum")) {
    INFO(text_of(each, "name"));
    auto lower = text_of(each, "lower");
    auto account = fixed_of<address>(each, "lower");
    auto text = text_of(each, "checksum");
    auto upper = "0x" + boost::algorithm::to_upper_copy(lower.substr(2));
    CHECK(to_text(account) == text);
    CHECK(address_from_text(text) == account);
    CHECK(address_from_text(lower) == account);
    CHECK(address_from_text(upper) == account);
  }
}

TEST_CASE("texts of the vectors that are no address are refused") {
  for (const auto& each : cases_of("accounts", "checksum_invalid")) {
    INFO(text_of(each, "name"));
    why_refused(text_of(each, "text"));
  }
}

TEST_CASE("a refused address says why") {
  CHECK_THAT(why_refused("0x5aAeb6053F3E94C9b9A09f33669435E7ef1BeAed"),
             Catch::Contains("EIP-55") && Catch::Contains("0x5aAeb6053"));
  CHECK_THAT(why_refused("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
             Catch::Contains("40 hexadecimal digits"));
  CHECK(why_refused(std::string(1'000'000, 'f')).size() < 200);
}

TEST_CASE("any address survives its text") {
  rc::prop("address_from_text undoes to_text", [](const address& account) {
    RC_ASSERT(address_from_text(to_text(account)) == account);
  });
}

TEST_CASE("contracts of the vectors are where CREATE puts them") {
  for (const auto& each : cases_of("accounts", "create")) {
    INFO(text_of(each, "name"));
    auto nonce = each.at("nonce").to_number<uint64_t>();
    CHECK(to_text(create_address(fixed_of<address>(each, "sender"), nonce))
          == text_of(each, "address"));
  }
}

TEST_CASE("contracts of the vectors are where CREATE2 puts them") {
  for (const auto& each : cases_of("accounts", "create2")) {
    INFO(text_of(each, "name"));
    CHECK(
      to_text(create2_address(fixed_of<address>(each, "sender"), fixed_of<hash256>(each, "salt"),
                              fixed_of<hash256>(each, "init_code_hash")))
      == text_of(each, "address"));
  }
}
