#include "actors/audit/journal_bodies.hpp"

#include "actors/audit/outcome_json.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <set>

using namespace flwr;

namespace {

/// A raw block's id whose digest is all zero but for the last byte.
content_id id_of(uint8_t last) {
  content_id id;
  id.digest.back() = last;
  return id;
}

constexpr auto id_1 = "bafkreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaae";

std::string text_of(const bytes& body) { return {body.begin(), body.end()}; }

journal_entry entry(std::string kind, const bytes& body, std::optional<client_id> client = {}) {
  return {std::move(kind), 3, client, body, 7};
}

journal_entry entry(std::string kind, std::string_view body, std::optional<client_id> client = {}) {
  return entry(std::move(kind), bytes(body.begin(), body.end()), client);
}

std::string repeated(std::string_view digits, size_t times) {
  std::string text;
  while (times-- > 0)
    text += digits;
  return text;
}

bool refuses(const caf::error& err, const std::string& words) {
  INFO(render(err));
  CHECK(render(err).find(words) != std::string::npos);
  return err == ec::corrupt;
}

fit_res some_answer() {
  return {.client = client_id{4},
          .round = 3,
          .base = {},
          .num_examples = 25'000,
          .model = {id_of(1), {}},
          .metrics = {{"loss", 1.0}},
          .ticket = {}};
}

failure failed(phase_kind phase, ec code, const std::string& words) {
  return {client_id{4}, phase, 3, make_error(code, words)};
}

} // namespace

TEST_CASE("a cohort is written in ascending order and comes back") {
  auto body = encode_cohort(phase_kind::fit, {client_id{10}, client_id{2}});
  CHECK(text_of(body) == R"({"clients":["2","10"],"phase":"fit"})");
  CHECK(decode_cohort(entry("cohort", body))
        == cohort_body{phase_kind::fit, {client_id{2}, client_id{10}}});
  CHECK(text_of(encode_cohort(phase_kind::evaluate, {})) == R"({"clients":[],"phase":"evaluate"})");
}

TEST_CASE("any cohort comes back sorted") {
  rc::prop("encode, decode", [](const std::set<uint64_t>& ids, bool fit) {
    cohort_body cohort{fit ? phase_kind::fit : phase_kind::evaluate, {}};
    for (auto id : ids)
      cohort.clients.push_back(client_id{id});
    auto reversed = cohort.clients;
    std::ranges::reverse(reversed);
    RC_ASSERT(decode_cohort(entry("cohort", encode_cohort(cohort.phase, reversed))) == cohort);
  });
}

TEST_CASE("a counted answer comes back") {
  auto body = encode_answer(some_answer());
  CHECK(text_of(body)
        == std::string{R"({"metrics":{"loss":{"d":"3ff0000000000000"}},"model":")"} + id_1
             + R"(","num_examples":"25000","outcome":"counted","phase":"fit"})");
  auto answer = decode_answer(entry("answer", body, client_id{4}));
  REQUIRE(answer);
  CHECK(answer->phase == phase_kind::fit);
  auto& result = std::get<counted>(answer->outcome);
  CHECK(result.model == id_of(1));
  CHECK(result.num_examples == 25'000);
  CHECK(result.metrics == some_answer().metrics);
  CHECK(result.signature == signature_bytes{});
}

TEST_CASE("a signed answer comes back with its signer") {
  auto res = some_answer();
  res.metrics.clear();
  res.signer.fill(0xaa);
  res.signature.fill(0x1b);
  auto body = encode_answer(res);
  CHECK(text_of(body)
        == R"({"address":"0x)" + repeated("aa", 20) + R"(","metrics":{},"model":")" + id_1
             + R"(","num_examples":"25000","outcome":"counted","phase":"fit","signature":"0x)"
             + repeated("1b", 65) + R"("})");
  auto answer = decode_answer(entry("answer", body, client_id{4}));
  REQUIRE(answer);
  CHECK(std::get<counted>(answer->outcome).signer == res.signer);
  CHECK(std::get<counted>(answer->outcome).signature == res.signature);
}

TEST_CASE("metrics beyond ASCII are written down with question marks") {
  auto res = some_answer();
  res.metrics = {{"caf\xc3\xa9", std::string{"\xff"}}};
  auto answer = decode_answer(entry("answer", encode_answer(res), client_id{4}));
  REQUIRE(answer);
  CHECK(std::get<counted>(answer->outcome).metrics == scalars{{"caf??", std::string{"?"}}});
}

TEST_CASE("a refused answer and a missing one are told apart by their errors") {
  auto body = encode_refusal(failed(phase_kind::fit, ec::rejected, "num_examples is 0"));
  CHECK(text_of(body) == R"({"outcome":"refused","phase":"fit","reason":"num_examples is 0"})");
  auto answer = decode_answer(entry("answer", body, client_id{4}));
  REQUIRE(answer);
  CHECK(std::get<refused>(answer->outcome).reason == "num_examples is 0");

  body = encode_refusal(failed(phase_kind::evaluate, ec::timeout, "too late"));
  CHECK(text_of(body) == R"({"outcome":"silent","phase":"evaluate","reason":"too late"})");
  answer = decode_answer(entry("answer", body, client_id{4}));
  REQUIRE(answer);
  CHECK(answer->phase == phase_kind::evaluate);
  CHECK(std::get<silent>(answer->outcome).reason == "too late");
}

TEST_CASE("a reason is printable and cut") {
  auto body =
    encode_refusal(failed(phase_kind::fit, ec::corrupt, "\xc3\xa9\n" + std::string(600, 'x')));
  auto answer = decode_answer(entry("answer", body, client_id{4}));
  REQUIRE(answer);
  CHECK(std::get<refused>(answer->outcome).reason
        == "???" + std::string(max_reason_bytes - 3, 'x'));
}

TEST_CASE("a closed round comes back") {
  closed_body closed{id_of(1), 2, 1};
  auto body = encode_closed(closed);
  CHECK(text_of(body)
        == std::string{R"({"failures":"1","model":")"} + id_1 + R"(","updates":"2"})");
  CHECK(decode_closed(entry("closed", body)) == closed);
}

TEST_CASE("a recorded round comes back, with and without a chain") {
  CHECK(text_of(encode_recorded({.round = 3, .transaction = {}, .gas_used = {}})) == "{}");
  auto without = decode_recorded(entry("recorded", "{}"));
  REQUIRE(without);
  CHECK(without->round == 3);
  CHECK_FALSE(without->transaction);

  tx_hash hash;
  hash.fill(0xaa);
  auto body = encode_recorded({.round = 3, .transaction = hash, .gas_used = 57'374});
  CHECK(text_of(body) == R"({"gas_used":"57374","transaction":"0x)" + repeated("aa", 32) + R"("})");
  auto with = decode_recorded(entry("recorded", body));
  REQUIRE(with);
  CHECK(with->transaction == hash);
  CHECK(with->gas_used == 57'374u);
}

TEST_CASE("a client's binding comes back") {
  address who;
  who.fill(0xaa);
  auto body = encode_bound(who);
  CHECK(text_of(body) == R"({"address":"0x)" + repeated("aa", 20) + R"("})");
  CHECK(decode_bound(entry("bound", body, client_id{4})) == who);
  CHECK(refuses(decode_bound(entry("bound", body)).error(), "names no client"));
  CHECK(refuses(decode_bound(entry("bound", R"({"address":"0xaa"})", client_id{4})).error(),
                "address isn't 0x and 40 hex digits"));
}

TEST_CASE("a transaction comes back") {
  transaction_body sent{7, {}, {0x02, 0xf8}, "commit of round 3"};
  sent.hash.fill(0xaa);
  auto body = encode_transaction(sent);
  CHECK(text_of(body)
        == R"({"hash":"0x)" + repeated("aa", 32)
             + R"(","nonce":"7","purpose":"commit of round 3","raw":"0x02f8"})");
  CHECK(decode_transaction(entry("transaction", body)) == sent);
  sent.purpose = "caf\xc3\xa9";
  auto again = decode_transaction(entry("transaction", encode_transaction(sent)));
  REQUIRE(again);
  CHECK(again->purpose == "caf??");
}

TEST_CASE("a transaction that isn't what was written is refused") {
  auto with = [](const std::string& raw) {
    auto body = R"({"hash":"0x)" + repeated("aa", 32) + R"(","nonce":"7","purpose":"","raw":")"
                + raw + R"("})";
    return decode_transaction(entry("transaction", body));
  };
  CHECK(with("0x"));
  auto raw = GENERATE("", "02", "0x2", "0x0g", "0xAA", "0X02");
  CHECK(refuses(with(raw).error(), "raw isn't 0x"));
}

TEST_CASE("the end of a run comes back") {
  CHECK(text_of(encode_finished()) == R"({"outcome":"done"})");
  CHECK(decode_finished(entry("finished", encode_finished())));
  CHECK(refuses(decode_finished(entry("finished", R"({"outcome":"lost"})")).error(), "outcome"));
}

TEST_CASE("an error names the entry") {
  CHECK(refuses(decode_closed(entry("cohort", "{}")).error(),
                "journal entry 7 (cohort of round 3) isn't of the kind closed"));
  CHECK(refuses(decode_closed(entry("closed", "")).error(),
                "journal entry 7 (closed of round 3) isn't canonical JSON"));
  CHECK(refuses(decode_closed(entry("closed", R"(["updates"])")).error(),
                "journal entry 7 (closed of round 3) isn't an object"));
  CHECK(refuses(decode_closed(entry("closed", R"({"failures":"1"})")).error(),
                "journal entry 7 (closed of round 3): model is missing"));
}

TEST_CASE("a cohort that isn't what was written is refused") {
  auto clients = GENERATE(R"(["2","2"])", R"(["10","2"])", R"(["02"])", R"(["-1"])", R"([["2"]])",
                          R"("2")", R"(["18446744073709551616"])");
  auto body = std::string{R"({"clients":)"} + clients + R"(,"phase":"fit"})";
  CHECK(refuses(decode_cohort(entry("cohort", body)).error(), "clients"));
  CHECK(refuses(decode_cohort(entry("cohort", R"({"clients":[],"phase":"train"})")).error(),
                "phase is 'train'"));
}

TEST_CASE("an answer that isn't what was written is refused") {
  auto counted_with = [](const std::string& examples, const std::string& phase) {
    return R"({"metrics":{},"model":")" + std::string{id_1} + R"(","num_examples":")" + examples
           + R"(","outcome":"counted","phase":")" + phase + R"("})";
  };
  auto error_of = [](const std::string& body) {
    return decode_answer(entry("answer", body, client_id{4})).error();
  };
  CHECK(decode_answer(entry("answer", counted_with("1", "fit"), client_id{4})));
  CHECK(refuses(error_of(counted_with("0", "fit")), "num_examples is '0'"));
  CHECK(refuses(error_of(counted_with("9223372036854775808", "fit")), "num_examples"));
  CHECK(refuses(error_of(counted_with("1", "evaluate")), "outcome"));
  CHECK(refuses(error_of(R"({"extra":"1","outcome":"silent","phase":"fit","reason":""})"),
                "extra is unknown"));
  CHECK(
    refuses(decode_answer(entry("answer", counted_with("1", "fit"))).error(), "names no client"));
}

TEST_CASE("a transaction's hash is checked") {
  auto hash = GENERATE("", "0x", "0xabc", "0xgg");
  auto body = std::string{R"({"transaction":")"} + hash + R"("})";
  CHECK(refuses(decode_recorded(entry("recorded", body)).error(), "transaction"));
}
