#include "actors/chain/typed_messages.hpp"

#include "actors/chain/eip712.hpp"
#include "actors/hash/hex.hpp"
#include "actors/hash/keccak256.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace flwr;

namespace {

hash256 counting_from(uint8_t first) {
  hash256 digest;
  std::iota(digest.begin(), digest.end(), first);
  return digest;
}

struct statements {
  statements() {
    std::iota(contract.begin(), contract.end(), uint8_t{0xc0});
    join = {counting_from(0x10), client_id{7}, bytes{0xde, 0xad, 0xbe, 0xef}};
    update = {counting_from(0x10), 3,     client_id{7},   counting_from(0x40),
              counting_from(0x60), 50000, keccak256("{}")};
  }

  address contract{};
  join_statement join;
  update_statement update;
};

} // namespace

// Made with encode_typed_data of eth-account 0.14.0 and eth-abi 6.0.0.
TEST_CASE_METHOD(statements, "the statements' digests are those of eth-account") {
  auto domain = run_domain(0x666c7772, contract);
  CHECK(to_hex(domain) == "1553b63b9a92ed2e2f17a694f074149f7f903449fd3a428f171bcf9b8be5b70b");
  CHECK(to_hex(digest_of(join, domain))
        == "40c1521553b5c686c98a154d0044a20ec93e17f78416ae4b03fff4b6f45763e8");
  CHECK(to_hex(digest_of(update, domain))
        == "6e6a246bb7f0ad87ac2f0951ddafb9522b2bdabb6208c8132ea02c4fed8ced9f");
}

TEST_CASE_METHOD(statements, "without a chain the domain has two zeros") {
  auto domain = run_domain(0, {});
  CHECK(to_hex(domain) == "17598c0f35f531dcfc38b7e496452e2de16ddb1b815be3689fdf3a269f29f2f7");
  CHECK(to_hex(digest_of(update, domain))
        == "180b1b15eac0520bc0de0944540c95ba6c4e9288f690edd1d3a68d56dd9484fc");
}

TEST_CASE_METHOD(statements, "the short way gives what typed data in general gives") {
  typed_structs structs{{"Join", {{"run", "bytes32"}, {"client", "uint64"}, {"nonce", "bytes"}}}};
  auto run = bytes(join.run.begin(), join.run.end());
  auto hash = hash_struct(structs, "Join", {abi_list{{run}, {u256{7}}, {join.nonce}}});
  REQUIRE(hash);
  auto domain = run_domain(1, contract);
  CHECK(digest_of(join, domain) == typed_digest(domain, *hash));
}

TEST_CASE_METHOD(statements, "each member counts") {
  auto domain = run_domain(1, contract);
  auto before = digest_of(update, domain);
  auto changed = GENERATE(range(0, 7));
  INFO(changed);
  auto& [run, round, client, base, model, num_examples, metrics] = update;
  std::array<uint8_t*, 4> digests{&run[31], &base[31], &model[31], &metrics[31]};
  if (changed < 4)
    *digests[static_cast<size_t>(changed)] ^= 1;
  round += changed == 4;
  num_examples += changed == 5;
  client = client_id{uint64_t(client) + (changed == 6)};
  CHECK(digest_of(update, domain) != before);
}
