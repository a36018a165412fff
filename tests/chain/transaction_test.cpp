#include "actors/chain/transaction.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/transaction_rules.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

std::optional<address> recipient_in(const boost::json::value& from) {
  if (from.at("to").is_null())
    return std::nullopt;
  return fixed_of<address>(from, "to");
}

std::vector<access_list_entry> access_list_in(const boost::json::value& from) {
  std::vector<access_list_entry> entries;
  if (auto list = from.as_object().if_contains("access_list"))
    for (const auto& each : list->as_array()) {
      auto& entry = entries.emplace_back(fixed_of<address>(each, "address"));
      for (const auto& key : each.at("storage_keys").as_array())
        std::ranges::copy(unhex(std::string{key.as_string()}),
                          entry.storage_keys.emplace_back().begin());
    }
  return entries;
}

tx_type type_in(const boost::json::value& from) {
  auto name = text_of(from, "type");
  return name == "eip1559"   ? tx_type::dynamic_fee
         : name == "eip2930" ? tx_type::access_list
                             : tx_type::legacy;
}

transaction transaction_in(const boost::json::value& from) {
  transaction tx;
  tx.type = type_in(from);
  if (text_of(from, "type") != "legacy")
    tx.chain_id = static_cast<uint64_t>(number_of(from, "chain_id"));
  tx.nonce = static_cast<uint64_t>(number_of(from, "nonce"));
  auto dynamic = tx.type == tx_type::dynamic_fee;
  tx.max_priority_fee_per_gas = number_of(from, dynamic ? "max_priority_fee_per_gas" : "gas_price");
  tx.max_fee_per_gas = number_of(from, dynamic ? "max_fee_per_gas" : "gas_price");
  tx.gas_limit = static_cast<uint64_t>(number_of(from, "gas_limit"));
  tx.to = recipient_in(from);
  tx.value = number_of(from, "value");
  tx.data = unhex(text_of(from, "data"));
  tx.access_list = access_list_in(from);
  return tx;
}

signature signature_in(const boost::json::value& from) {
  return {number_of(from, "r"), number_of(from, "s"), from.at("y_parity").to_number<uint8_t>()};
}

std::string why_refused(std::span<const uint8_t> raw, ec code = ec::corrupt) {
  auto tx = decode_transaction(raw);
  REQUIRE_FALSE(tx);
  CHECK(tx.error() == code);
  return render(tx.error());
}

std::string why_refused(const transaction& tx) {
  auto outcome = check_transaction(tx);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error() == ec::rejected);
  return render(outcome.error());
}

/// A plain transfer that any ledger takes.
transaction transfer() {
  transaction tx;
  tx.chain_id = 0x666c7772;
  tx.max_fee_per_gas = 1'000'000'000;
  tx.gas_limit = 21'000;
  tx.to = address{1, 2, 3};
  return tx;
}

signing_key_ptr any_key() { return *signing_key::from_bytes(bytes(32, 0x2a)); }

u256 any_number() { return u256{*rc::gen::arbitrary<uint64_t>()} << *rc::gen::inRange(0, 192); }

transaction any_transaction() {
  transaction tx;
  tx.type = *rc::gen::element(tx_type::legacy, tx_type::access_list, tx_type::dynamic_fee);
  if (tx.type != tx_type::legacy || *rc::gen::arbitrary<bool>())
    tx.chain_id = *rc::gen::arbitrary<uint64_t>();
  tx.nonce = *rc::gen::arbitrary<uint64_t>();
  tx.max_fee_per_gas = any_number();
  tx.max_priority_fee_per_gas = tx.type == tx_type::dynamic_fee ? any_number() : tx.max_fee_per_gas;
  tx.gas_limit = *rc::gen::arbitrary<uint64_t>();
  if (*rc::gen::arbitrary<bool>())
    tx.to = *rc::gen::arbitrary<address>();
  tx.value = any_number();
  tx.data = *rc::gen::arbitrary<bytes>();
  if (tx.type != tx_type::legacy)
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
      tx.access_list.push_back({*rc::gen::arbitrary<address>(),
                                *rc::gen::container<std::vector<hash256>>(
                                  *rc::gen::inRange(0u, 3u), rc::gen::arbitrary<hash256>())});
  return tx;
}

/// Who refuses these bytes on chain 1: nobody (an empty text), or as the vectors' `check` says.
std::string refused_by(std::span<const uint8_t> raw) {
  auto tx = decode_transaction(raw);
  if (!tx)
    return "decoder";
  if (tx->fields.chain_id.value_or(1) != 1)
    return "chain_id";
  return check_transaction(tx->fields) ? "" : "value";
}

/// Where a wrong chain id, value or signature is refused. The decoder refuses numbers that are too
/// wide for their field, and a legacy v that has no chain id at all.
std::vector<std::string> may_refuse(const std::string& check) {
  if (check == "chain_id" || check == "value")
    return {check, "decoder"};
  return {"decoder"};
}

} // namespace

TEST_CASE("transactions of the vectors are signed as published") {
  for (const auto& each : load_cases("transactions")) {
    INFO(text_of(each, "name"));
    if (text_of(each.at("tx"), "type") == "eip4844")
      continue;
    auto tx = transaction_in(each.at("tx"));
    auto key = *signing_key::from_bytes(unhex(text_of(each, "private_key")));
    CHECK(to_0x(unsigned_bytes(tx)) == text_of(each, "unsigned"));
    CHECK(to_0x(signing_hash(tx)) == text_of(each, "signing_hash"));
    auto made = sign(tx, *key);
    CHECK(made.signature == signature_in(each.at("signature")));
    CHECK(to_0x(made.raw) == text_of(each, "signed"));
    CHECK(to_0x(made.hash) == text_of(each, "hash"));
    CHECK(to_text(made.sender) == text_of(each, "from"));
  }
}

TEST_CASE("transactions of the vectors are read back, those with blobs refused") {
  for (const auto& each : load_cases("transactions")) {
    INFO(text_of(each, "name"));
    auto raw = unhex(text_of(each, "signed"));
    if (text_of(each.at("tx"), "type") == "eip4844") {
      CHECK_THAT(why_refused(raw, ec::rejected), Catch::Contains("type 3"));
      continue;
    }
    auto tx = decode_transaction(raw);
    REQUIRE(tx);
    CHECK(tx->fields == transaction_in(each.at("tx")));
    CHECK(tx->signature == signature_in(each.at("signature")));
    CHECK(to_text(tx->sender) == text_of(each, "from"));
    CHECK(to_0x(tx->hash) == text_of(each, "hash"));
    CHECK(tx->raw == raw);
  }
}

TEST_CASE("raw transactions of the vectors are taken or refused as a node does") {
  for (const auto& each : load_cases("transactions-decode")) {
    INFO(text_of(each, "name"));
    auto raw = unhex(text_of(each, "raw"));
    auto refuser = refused_by(raw);
    if (!each.at("valid").as_bool()) {
      CHECK_THAT(may_refuse(text_of(each, "check")), Catch::VectorContains(refuser));
      continue;
    }
    CHECK(refuser.empty());
    auto tx = decode_transaction(raw);
    REQUIRE(tx);
    CHECK(to_text(tx->sender) == text_of(each, "sender"));
    CHECK(to_0x(tx->hash) == text_of(each, "hash"));
  }
}

TEST_CASE("any transaction is read as it was signed") {
  rc::prop("decode_transaction undoes sign", [] {
    auto made = sign(any_transaction(), *any_key());
    auto read = decode_transaction(made.raw);
    RC_ASSERT(bool(read));
    RC_ASSERT(read->fields == made.fields);
    RC_ASSERT(read->signature == made.signature);
    RC_ASSERT(read->sender == any_key()->address());
    RC_ASSERT(read->hash == made.hash);
  });
}

TEST_CASE("a broken transaction is nobody's or another's") {
  rc::prop("no flipped bit keeps sender and fields", [] {
    auto made = sign(any_transaction(), *any_key());
    auto raw = made.raw;
    auto bit = *rc::gen::inRange<size_t>(0, 8 * raw.size());
    raw[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    if (auto read = decode_transaction(raw))
      RC_ASSERT(read->sender != made.sender);
    RC_ASSERT_FALSE(decode_transaction(std::span{made.raw}.first(bit / 8)));
    raw = made.raw;
    raw.push_back(0);
    RC_ASSERT_FALSE(decode_transaction(raw));
  });
}

TEST_CASE("a refused transaction says why") {
  CHECK_THAT(why_refused(bytes{}), Catch::Contains("no bytes"));
  CHECK_THAT(why_refused(bytes{0x80}), Catch::Contains("neither a list nor a type"));
  CHECK_THAT(why_refused(bytes{0x04, 0xc0}, ec::rejected), Catch::Contains("type 4"));
  CHECK_THAT(why_refused(bytes{0xc0}), Catch::Contains("the nonce is missing"));
  CHECK_THAT(why_refused(bytes{0x02, 0xc0}), Catch::Contains("the chain id is missing"));
  CHECK_THAT(why_refused(bytes{0x02}), Catch::Contains("no RLP"));
  CHECK_THAT(why_refused(bytes(max_init_code_bytes * 3, 0xf9)), Catch::Contains("too long"));
}

TEST_CASE("the intrinsic gas counts bytes, creation and the access list") {
  auto tx = transfer();
  CHECK(intrinsic_gas(tx) == 21'000);
  tx.data = {0, 0, 1};
  CHECK(intrinsic_gas(tx) == 21'000 + 2 * 4 + 16);
  tx.access_list = {{{}, {}}, {{}, {{}, {}}}};
  CHECK(intrinsic_gas(tx) == 21'024 + 2 * 2'400 + 2 * 1'900);
  tx.access_list.clear();
  tx.to.reset();
  tx.data.assign(33, 0);
  CHECK(intrinsic_gas(tx) == 53'000 + 33 * 4 + 2 * 2);
}

TEST_CASE("a transaction that no ledger can take is refused with numbers") {
  CHECK(check_transaction(transfer()));
  auto tx = transfer();
  tx.nonce = ~uint64_t{0};
  CHECK_THAT(why_refused(tx), Catch::Contains("nonce"));
  tx = transfer();
  tx.gas_limit = 20'999;
  CHECK_THAT(why_refused(tx), Catch::Contains("20999") && Catch::Contains("21000"));
  tx = transfer();
  tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1;
  CHECK_THAT(why_refused(tx), Catch::Contains("1000000001") && Catch::Contains("1000000000"));
  tx = transfer();
  tx.max_fee_per_gas = ~u256{0};
  CHECK_THAT(why_refused(tx), Catch::Contains("2^256"));
}

TEST_CASE("creation code may have 49,152 bytes") {
  auto tx = transfer();
  tx.to.reset();
  tx.data.assign(max_init_code_bytes, 1);
  tx.gas_limit = 1 << 24;
  CHECK(check_transaction(tx));
  tx.data.push_back(1);
  CHECK_THAT(why_refused(tx), Catch::Contains("49153"));
  tx.to = address{};
  CHECK(check_transaction(tx));
}
