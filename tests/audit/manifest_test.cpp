#include "actors/audit/manifest.hpp"

#include "actors/audit/client_key.hpp"
#include "actors/audit/outcome_json.hpp"
#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <fstream>
#include <iterator>
#include <numeric>

using namespace flwr;

namespace {

content_id filled(uint8_t byte) {
  content_id id;
  id.digest.fill(byte);
  return id;
}

content_id id_of(uint8_t last) {
  content_id id;
  id.digest.back() = last;
  return id;
}

run_identity some_run() {
  address contract;
  std::iota(contract.begin(), contract.end(), uint8_t{0xc0});
  return identity_of(0x666c7772, contract, filled(0x11), filled(0x22), filled(0x33).digest);
}

counted signed_update(uint64_t round, client_id client, const content_id& base, uint8_t model) {
  fit_res answer;
  answer.round = round;
  answer.base = base;
  answer.model.id = id_of(model);
  answer.num_examples = 25'000;
  answer.metrics = {{"loss", 1.0}};
  auto key = *client_key(1, client);
  return {.model = answer.model.id,
          .num_examples = answer.num_examples,
          .metrics = answer.metrics,
          .signer = key->address(),
          .signature = *sign_update(answer, client, some_run(), *key)};
}

round_record some_round() {
  round_record record{3, id_of(1), id_of(3), {}};
  record.invited[client_id{2}] = refused{"num_examples is 0"};
  record.invited[client_id{4}] = signed_update(3, client_id{4}, record.base, 2);
  record.invited[client_id{10}] = silent{"too late"};
  record.invited[client_id{1ull << 32}] = counted{.model = id_of(4), .num_examples = 1};
  return record;
}

std::string golden() {
  std::ifstream file{FLWR_GOLDEN "/manifest.json", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string with(const std::string& from, const std::string& to) {
  auto text = golden();
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

bool refuses(const std::string& text, const std::string& words) {
  auto read = decode_manifest(text);
  REQUIRE_FALSE(read);
  INFO(render(read.error()));
  CHECK(render(read.error()).find("manifest: " + words) == 0);
  return read.error() == ec::corrupt;
}

counted update_with(scalars metrics) {
  return {.model = id_of(1), .num_examples = 1, .metrics = std::move(metrics)};
}

} // namespace

// The golden file was written by Python 3.11, with signatures of its own.
TEST_CASE("a manifest is written as the golden file has it") {
  CHECK(encode_manifest(some_run().run, some_round()) == golden());
}

TEST_CASE("a manifest comes back") {
  CHECK(decode_manifest(golden()) == manifest{some_run().run, some_round()});
  round_record empty{1, id_of(1), id_of(1), {}};
  auto text = encode_manifest({}, empty);
  REQUIRE(text);
  CHECK(decode_manifest(*text) == manifest{{}, empty});
}

TEST_CASE("any manifest comes back") {
  auto any_outcome = [](uint64_t kind) -> final_outcome {
    if (kind % 3 == 0)
      return silent{reason_text(*rc::gen::arbitrary<std::string>())};
    if (kind % 3 == 1)
      return refused{reason_text(*rc::gen::arbitrary<std::string>())};
    counted update{.model = id_of(*rc::gen::arbitrary<uint8_t>()),
                   .num_examples = *rc::gen::inRange<int64_t>(1, INT64_MAX)};
    if (kind % 2 == 0) {
      update.signer = *rc::gen::arbitrary<address>();
      update.signature = *rc::gen::arbitrary<signature_bytes>();
      update.signature[64] = 27;
    }
    update.metrics["loss"] = *rc::gen::arbitrary<double>();
    return update;
  };
  rc::prop("encode, decode", [&](const hash256& run, const std::map<uint64_t, uint8_t>& kinds) {
    round_record record{*rc::gen::inRange<uint64_t>(1, UINT64_MAX), id_of(1), id_of(2), {}};
    for (auto [client, kind] : kinds)
      record.invited[client_id{client}] = any_outcome(kind);
    auto text = encode_manifest(run, record);
    RC_ASSERT(bool(text));
    RC_ASSERT(decode_manifest(*text) == (manifest{run, record}));
  });
}

// Made with Python 3.11 and pycryptodome 3.23.
TEST_CASE("a round's root is the one that Python computes") {
  auto record = some_round();
  auto root = updates_root(some_run(), record);
  REQUIRE(root);
  CHECK(to_hex(*root) == "a76c7ec9ac87ad466eb9ce664a5ddc48fe67f931ee1d51655148d43c780369e6");
  CHECK(counted_updates(record) == 2);
  record.invited.erase(client_id{1ull << 32});
  root = updates_root(some_run(), record);
  REQUIRE(root);
  CHECK(to_hex(*root) == "6ea552bdf5ed9c633a2747b7d896ab0abbda34b9fc6bb33cca1106cf151120da");
  record.invited.erase(client_id{4});
  CHECK(updates_root(some_run(), record) == hash256{});
  CHECK(counted_updates(record) == 0);
}

TEST_CASE("a round that can't be signed has no root") {
  auto record = some_round();
  std::get<counted>(record.invited[client_id{4}]).metrics["caf\xc3\xa9"] = 1.0;
  auto root = updates_root(some_run(), record);
  REQUIRE_FALSE(root);
  CHECK(root.error() == ec::rejected);
  CHECK_THAT(render(root.error()), Catch::StartsWith("client 4: metrics:"));
}

TEST_CASE("a manifest with a key too many, too few or of another kind is refused by its name") {
  CHECK(refuses(with(R"({"base")", R"({"aim":"1","base")"), "aim is unknown"));
  CHECK(refuses(with(R"("round":"3",)", ""), "round is missing"));
  CHECK(refuses(with(R"("metrics":{},)", ""), "invited[3].metrics is missing"));
  CHECK(refuses(with(R"("reason":"too late")", R"("reason":"too late","why":"")"),
                "invited[2].why is unknown"));
  CHECK(refuses(with(R"("round":"3")", R"("round":["3"])"), "round isn't a string"));
  CHECK(refuses("{}", "schema is missing"));
  CHECK(render(decode_manifest("[]").error()) == "manifest isn't an object");
}

TEST_CASE("a manifest with a value out of range is refused by its name") {
  CHECK(refuses(with("manifest/1", "manifest/2"), "schema is 'flwr-actor/manifest/2'"));
  CHECK(refuses(with(R"("round":"3")", R"("round":"0")"), "round is '0'"));
  CHECK(refuses(with(R"("run":"0x2b)", R"("run":"0x2B)"), "run isn't 0x"));
  CHECK(refuses(with(R"("run":"0x2b)", R"("run":"0x)"), "run isn't 0x"));
  CHECK(refuses(with(R"("num_examples":"1")", R"("num_examples":"0")"), "invited[3].num_examples"));
  CHECK(refuses(with(R"("outcome":"silent")", R"("outcome":"asleep")"), "invited[2].outcome is"));
  CHECK(refuses(with(R"("address":"0x00)", R"("address":"0x)"), "invited[1].address isn't"));
  CHECK(refuses(with("79e861b", "79e861"), "invited[1].signature isn't"));
  CHECK(refuses(with(R"("address":"0x0055cc93da1a968ee45cff17450112debc21bb30",)", ""),
                "invited[1].address is missing"));
}

TEST_CASE("a manifest whose lines are doubled or in another order is refused") {
  CHECK(refuses(with(R"("client":"10")", R"("client":"4")"), "invited[2].client is 4"));
  CHECK(refuses(with(R"("client":"10")", R"("client":"3")"), "invited[2].client is 3"));
}

TEST_CASE("a manifest's reasons are cut and printable, and no others are read") {
  round_record record{1, id_of(1), id_of(1), {}};
  record.invited[client_id{0}] = refused{"\n\xc3\xa9\"" + std::string(600, 'x')};
  auto text = encode_manifest({}, record);
  REQUIRE(text);
  auto again = decode_manifest(*text);
  REQUIRE(again);
  CHECK(std::get<refused>(again->record.invited[client_id{0}]).reason
        == "???\"" + std::string(max_reason_bytes - 4, 'x'));
  CHECK(refuses(with("too late", "too\\nlate"), "a reason is too long"));
  CHECK(refuses(with("too late", std::string(max_reason_bytes + 1, 'x')), "a reason is too long"));
}

TEST_CASE("the worst reason makes an entry that fits") {
  round_record record{1, id_of(1), id_of(1), {}};
  record.invited[client_id{UINT64_MAX}] = refused{std::string(max_reason_bytes, '"')};
  auto text = encode_manifest({}, record);
  REQUIRE(text);
  CHECK(text->find(R"("invited":[{)") != std::string::npos);
  CHECK(text->find("}],\"model\"") - text->find("[{") <= max_entry_bytes);
}

TEST_CASE("an update whose entry would be too long is refused before it counts") {
  auto room = [](size_t length) {
    return fits_manifest(update_with({{"note", std::string(length, 'x')}}), client_id{7});
  };
  size_t longest = 0;
  while (room(longest + 1))
    ++longest;
  CHECK(longest > 700);
  CHECK(longest < max_entry_bytes);
  CHECK(room(longest + 1).error() == ec::rejected);
  round_record record{1, id_of(1), id_of(1), {}};
  record.invited[client_id{7}] = update_with({{"note", std::string(longest + 1, 'x')}});
  auto text = encode_manifest({}, record);
  REQUIRE_FALSE(text);
  CHECK(text.error() == ec::rejected);
  CHECK_THAT(render(text.error()), Catch::StartsWith("client 7: metrics:"));
  CHECK(fits_manifest(update_with({{"caf\xc3\xa9", 1.0}}), client_id{7}).error() == ec::rejected);
}

TEST_CASE("an entry that is too long is refused when it is read") {
  auto note = R"({"note":{"s":")" + std::string(1000, 'x') + R"("}})";
  CHECK(refuses(with(R"("metrics":{})", R"("metrics":)" + note), "client 4294967296: metrics"));
}

TEST_CASE("a manifest of twenty thousand clients with long entries comes back") {
  round_record record{1, id_of(1), id_of(2), {}};
  auto update = signed_update(1, client_id{0}, record.base, 2);
  update.metrics["note"] = std::string(500, 'x');
  for (uint64_t client = 0; client < 20'000; ++client)
    record.invited[client_id{client}] = update;
  auto text = encode_manifest({}, record);
  REQUIRE(text);
  CHECK(text->size() > (16u << 20));
  CHECK(text->size() <= max_manifest_bytes(20'000));
  CHECK(decode_manifest(*text) == manifest{{}, record});
}

TEST_CASE("a manifest has a limited number of entries") {
  round_record record{1, id_of(1), id_of(2), {}};
  for (uint64_t client = 0; client <= max_entries; ++client)
    record.invited[client_id{client}] = silent{};
  CHECK(encode_manifest({}, record).error() == ec::rejected);
  CHECK(max_manifest_bytes(UINT64_MAX) == max_manifest_bytes(max_entries));
}

TEST_CASE("no bit of a manifest can be flipped unnoticed") {
  auto text = golden();
  auto whole = decode_manifest(text);
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    auto flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    auto read = decode_manifest(flipped);
    CHECK((!read || !(*read == *whole)));
  }
}

TEST_CASE("a cut manifest is refused") {
  auto text = golden();
  for (size_t length = 0; length < text.size(); length += 7)
    CHECK(decode_manifest(text.substr(0, length)).error() == ec::corrupt);
}
