#include "actors/net/wire.hpp"

#include "actors/net/tensors.hpp"
#include "actors/net/wire_scalars.hpp"
#include "tests/support/models.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace flwr;
using Catch::Contains;

namespace {

grpc::ByteBuffer buffer_of(const bytes& raw) {
  grpc::Slice slice{raw.data(), raw.size()};
  return {&slice, 1};
}

bool is_malformed(const boost::json::value& entry) {
  return entry.as_object().contains("malformed");
}

bool from_server(const boost::json::value& entry) {
  return test::text_of(entry, "sender") == "server";
}

/// The parsed scalar as the vectors spell it.
std::string spelled(const scalar& value) {
  struct speller {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double) const { return "double"; }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const bytes& v) const { return to_hex(v); }
  };
  return std::visit(speller{}, value);
}

std::string spelled(const boost::json::value& wanted) {
  auto& [kind, value] = *wanted.as_object().begin();
  if (kind == "double")
    return "double";
  if (value.is_bool())
    return value.as_bool() ? "true" : "false";
  return std::string{value.as_string()};
}

void check_scalars(const wire::scalar_map& from, const boost::json::value& wanted) {
  auto& entries = wanted.as_object();
  auto too_large = std::ranges::any_of(
    entries, [](auto& entry) { return entry.value().as_object().contains("uint64"); });
  auto read = wire::scalars_in(from);
  REQUIRE(bool(read) == !too_large);
  if (too_large)
    return;
  CHECK(read->size() == entries.size());
  for (auto& entry : entries)
    CHECK(spelled(read->at(std::string{entry.key()})) == spelled(entry.value()));
}

fit_ins some_instruction() {
  fit_ins ins{};
  ins.client = client_id{4};
  ins.round = 3;
  ins.base = {content_id{{7}, codec::raw, 1}, test::vector_model({1, 2, 3})};
  ins.config = {{"epochs", int64_t{2}}, {"lr", 0.5}, {"name", std::string{"x"}}};
  ins.refused = "too late";
  return ins;
}

fit_res some_answer() {
  fit_res res{};
  res.round = 3;
  res.base = content_id{{7}, codec::raw, 1};
  res.num_examples = 12;
  res.model = {content_id{{8}, codec::dag_pb, 1}, test::vector_model({4, 5, 6})};
  res.metrics = {{"loss", 0.25}};
  res.signature = {1, 2, 3};
  return res;
}

greeting some_greeting() {
  return {.run = {1},
          .description = {{2}, codec::raw, 1},
          .genesis = {{3}, codec::dag_pb, 0},
          .contract = {4},
          .chain_id = 31337,
          .chain = "embedded",
          .ipfs = "embedded",
          .http = "http:8082",
          .token = "secret",
          .nonce = {5}};
}

expected<fit_res> answer(const proto::ClientMessage& msg,
                         wire::exchange how = wire::exchange::plain) {
  return wire::fit_res_from_proto(msg, some_instruction(), how,
                                  some_instruction().base.tensors->layout);
}

} // namespace

TEST_CASE("every published message is parsed, and written back to the same size") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("flower-wire")) {
    CAPTURE(test::text_of(entry, "name"));
    if (is_malformed(entry))
      continue;
    auto raw = test::unhex(test::text_of(entry, "bytes"));
    auto size = from_server(entry) ? wire::parse_server_message(buffer_of(raw))->ByteSizeLong()
                                   : wire::parse_client_message(buffer_of(raw))->ByteSizeLong();
    CHECK(size == raw.size());
    ++seen;
  }
  CHECK(seen == 49);
}

TEST_CASE("every published config and metrics map is read") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("flower-wire")) {
    CAPTURE(test::text_of(entry, "name"));
    if (is_malformed(entry))
      continue;
    auto raw = buffer_of(test::unhex(test::text_of(entry, "bytes")));
    auto& message = entry.at("message").as_object();
    auto& body = message.begin()->value();
    if (message.contains("fit_ins"))
      check_scalars(wire::parse_server_message(raw)->fit_ins().config(), body.at("config"));
    else if (message.contains("evaluate_res") && body.as_object().contains("metrics"))
      check_scalars(wire::parse_client_message(raw)->evaluate_res().metrics(), body.at("metrics"));
    else
      continue;
    ++seen;
  }
  CHECK(seen > 20);
}

TEST_CASE("malformed messages are refused, or mean what protobuf says") {
  size_t refused = 0, seen = 0;
  for (auto& entry : test::load_cases("flower-wire")) {
    CAPTURE(test::text_of(entry, "name"));
    if (!is_malformed(entry))
      continue;
    auto raw = buffer_of(test::unhex(test::text_of(entry, "bytes")));
    auto parsed = from_server(entry) ? bool(wire::parse_server_message(raw))
                                     : bool(wire::parse_client_message(raw));
    CHECK(parsed == (test::text_of(entry, "verdict") != "parse error"));
    refused += !parsed;
    ++seen;
  }
  CHECK(refused == 5);
  CHECK(seen == 10);
}

TEST_CASE("an answer that claims 2 GiB and has a byte is refused") {
  CHECK(wire::parse_client_message(buffer_of({0x1a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0a})).error()
        == ec::corrupt);
}

TEST_CASE("a scalar without a value is refused by name") {
  proto::ClientMessage msg;
  (*msg.mutable_fit_res()->mutable_metrics())["empty"];
  msg.mutable_fit_res()->mutable_status();
  CHECK_THAT(render(answer(msg).error()), Contains("'empty'"));
}

TEST_CASE("a greeting arrives as it was sent, with the host that was dialled") {
  auto words = some_greeting();
  auto read = wire::greeting_from_proto(wire::greeting_to_proto(words), "learning.example");
  REQUIRE(read);
  words.http = "http://learning.example:8082";
  CHECK(*read == words);
  words.http = "http://[::1]:8082";
  CHECK(*wire::greeting_from_proto(wire::greeting_to_proto(some_greeting()), "::1") == words);
}

TEST_CASE("a greeting that isn't one is refused") {
  CHECK(wire::greeting_from_proto({}, "x").error() == ec::corrupt);
  CHECK(wire::greeting_from_proto(wire::goodbye(), "x").error() == ec::corrupt);
  auto whole = wire::greeting_to_proto(some_greeting());
  for (auto& [key, value] : whole.get_properties_ins().config()) {
    auto msg = wire::greeting_to_proto(some_greeting());
    msg.mutable_get_properties_ins()->mutable_config()->erase(key);
    CAPTURE(key);
    CHECK_THAT(render(wire::greeting_from_proto(msg, "x").error()), Contains(key));
    wire::set_own(*msg.mutable_get_properties_ins()->mutable_config(),
                  key.substr(wire::own_prefix.size()), true);
    CHECK(wire::greeting_from_proto(msg, "x").error() == ec::corrupt);
  }
  for (std::string port : {"https:8082", "http:", "http:80x", "http://evil.example:80", "8082"}) {
    auto words = some_greeting();
    words.http = port;
    CHECK(wire::greeting_from_proto(wire::greeting_to_proto(words), "x").error() == ec::corrupt);
  }
}

TEST_CASE("a proof arrives as it was sent; an inability with its words") {
  join_proof proof{client_id{9}, {1, 2}, {3, 4}};
  CHECK(*wire::proof_from_proto(wire::proof_to_proto(proof)) == proof);
  auto why =
    wire::proof_from_proto(wire::inability_to_proto(make_error(ec::usage, "other data set here")));
  CHECK(why.error() == ec::rejected);
  CHECK_THAT(render(why.error()), Contains("other data set here"));
  CHECK(wire::proof_from_proto({}).error() == ec::corrupt);
}

TEST_CASE("a refusal is told and heard") {
  CHECK(wire::refusal_in(wire::refusal_to_proto("held by another key")) == "held by another key");
  CHECK_FALSE(wire::refusal_in(wire::greeting_to_proto(some_greeting())));
  CHECK_FALSE(wire::refusal_in(wire::goodbye()));
}

TEST_CASE("an instruction arrives as it was sent, with tensors and without") {
  auto ins = some_instruction();
  auto& layout = ins.base.tensors->layout;
  for (auto how : {wire::exchange::ipfs, wire::exchange::with_tensors}) {
    auto read = wire::fit_ins_from_proto(*wire::fit_ins_to_proto(ins, how), ins.client, layout);
    REQUIRE(read);
    CHECK(read->round == 3);
    CHECK(read->base.id == ins.base.id);
    CHECK(read->config == ins.config);
    CHECK(read->refused == "too late");
    CHECK(bool(read->base.tensors) == (how == wire::exchange::with_tensors));
    if (read->base.tensors)
      CHECK(*read->base.tensors->file == *ins.base.tensors->file);
  }
  evaluate_ins test{client_id{4}, 3, ins.base, {{"k", int64_t{1}}}};
  auto read = wire::evaluate_ins_from_proto(
    *wire::evaluate_ins_to_proto(test, wire::exchange::with_tensors), test.client.value(), layout);
  REQUIRE(read);
  CHECK(read->round == 3);
  CHECK(*read->model.tensors->file == *ins.base.tensors->file);
  CHECK(wire::fit_ins_from_proto(wire::goodbye(), ins.client, layout).error() == ec::corrupt);
}

TEST_CASE("a plain Flower client sees Flower's words only") {
  auto msg = *wire::fit_ins_to_proto(some_instruction(), wire::exchange::plain);
  for (auto& [key, value] : msg.fit_ins().config())
    CHECK_FALSE(key.starts_with(wire::own_prefix));
  CHECK(msg.fit_ins().config().size() == 3);
  CHECK(msg.fit_ins().parameters().tensors_size() == 1);
  CHECK(msg.fit_ins().parameters().tensor_type() == "numpy.ndarray");
  auto bare = some_instruction();
  bare.base.tensors.reset();
  CHECK(wire::fit_ins_to_proto(bare, wire::exchange::plain).error() == ec::rejected);
}

TEST_CASE("an answer arrives as it was sent, in every exchange") {
  auto res = some_answer();
  for (auto how : {wire::exchange::ipfs, wire::exchange::with_tensors}) {
    auto read = answer(*wire::fit_res_to_proto(res, how), how);
    REQUIRE(read);
    CHECK(read->round == 3);
    CHECK(read->base == res.base);
    CHECK(read->model.id == res.model.id);
    CHECK(read->signature == res.signature);
    CHECK(read->num_examples == 12);
    CHECK(read->metrics == res.metrics);
    if (how == wire::exchange::with_tensors)
      CHECK(*read->model.tensors->file == *res.model.tensors->file);
  }
  auto plain = answer(*wire::fit_res_to_proto(res, wire::exchange::with_tensors));
  REQUIRE(plain);
  CHECK(plain->signature == signature_bytes{});
  CHECK(plain->model.id == content_id{});
}

TEST_CASE("an announcement arrives as it was sent, and nothing else is one") {
  for (uint64_t bytes : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 63, UINT64_MAX}) {
    auto read = wire::parse_client_message(wire::serialize(wire::announcement_to_proto(bytes)));
    REQUIRE(read);
    CHECK(wire::announcement_in(*read) == bytes);
  }
  CHECK(wire::announcement_in({}) == std::nullopt);
  CHECK(wire::announcement_in(*wire::fit_res_to_proto(some_answer(), wire::exchange::ipfs))
        == std::nullopt);
}

TEST_CASE("our own messages have the number 1000, far from Flower's") {
  CHECK(wire::go_ahead().SerializeAsString() == std::string_view{"\xc2\x3e\x00", 3});
  CHECK(wire::announcement_to_proto(5).SerializeAsString()
        == std::string_view{"\xc2\x3e\x02\x08\x05"});
}

TEST_CASE("any answer with tensors is below what may be announced") {
  auto model = GENERATE(test::vector_model({1}), test::vector_model(std::vector<float>(1 << 20)));
  fit_res res{};
  res.model = {{}, model};
  auto told = wire::fit_res_to_proto(res, wire::exchange::with_tensors);
  REQUIRE(told);
  CHECK(told->ByteSizeLong() <= wire::most_answer_bytes(*model->layout));
  CHECK(wire::most_answer_bytes(*model->layout) < 2 * model->layout->file_bytes + (128 << 10));
}

TEST_CASE("an answer that breaks the protocol is refused with what is wrong") {
  auto good = *wire::fit_res_to_proto(some_answer(), wire::exchange::with_tensors);
  auto refused = [&](auto change, const char* says) {
    auto msg = good;
    change(*msg.mutable_fit_res());
    auto read = answer(msg, wire::exchange::with_tensors);
    REQUIRE(!read);
    CHECK_THAT(render(read.error()), Contains(says));
  };
  refused([](auto& res) { res.mutable_parameters()->clear_tensors(); }, "0 tensors");
  refused([](auto& res) { res.mutable_parameters()->add_tensors("x"); }, "2 tensors");
  refused([](auto& res) { res.mutable_parameters()->set_tensors(0, "junk"); }, "not such a file");
  refused([](auto& res) { res.mutable_metrics()->erase("flwr_actor.signature"); }, "signature");
  refused([](auto& res) { res.mutable_metrics()->erase("flwr_actor.model"); }, "model");
  refused([](auto& res) { (*res.mutable_metrics())["flwr_actor.round"].set_sint64(-1); },
          "negative");
  refused([](auto& res) { (*res.mutable_metrics())["flwr_actor.model"].set_string("Qm"); },
          "model");
  refused(
    [](auto& res) {
      res.mutable_status()->set_code(proto::FIT_NOT_IMPLEMENTED);
      res.mutable_status()->set_message("no data");
    },
    "no data");
  CHECK(answer({}).error() == ec::corrupt);
  CHECK(answer(wire::evaluate_res_to_proto({})).error() == ec::corrupt);
}

TEST_CASE("tensors of another type, shape or order are refused by name") {
  auto layout = some_instruction().base.tensors->layout;
  auto refused = [&](const parameters_ptr& other) {
    proto::Parameters msg;
    REQUIRE(wire::append_tensors(*other, msg));
    CHECK(wire::tensors_in(msg, layout).error() == ec::corrupt);
  };
  refused(test::vector_model({1, 2}));
  refused(test::vector_model({1, 2, 3, 4}));
}

TEST_CASE("an evaluation arrives as it was sent, its loss a float") {
  evaluate_res res{};
  res.num_examples = 7;
  res.loss = 0.1f;
  res.metrics = {{"accuracy", 0.5}};
  evaluate_ins asked{client_id{1}, 5, {}, {}};
  auto read = wire::evaluate_res_from_proto(wire::evaluate_res_to_proto(res), asked);
  REQUIRE(read);
  CHECK(read->round == 5);
  CHECK(read->loss == 0.1f);
  CHECK(read->num_examples == 7);
  CHECK(read->metrics == res.metrics);
  CHECK(
    wire::evaluate_res_from_proto(wire::failure_to_proto(false, make_error(ec::io, "disk")), asked)
      .error()
    == ec::rejected);
  CHECK(wire::evaluate_res_from_proto({}, asked).error() == ec::corrupt);
}

TEST_CASE("a learner can't speak in our own words") {
  auto res = some_answer();
  res.metrics["flwr_actor.round"] = int64_t{99};
  auto read = answer(*wire::fit_res_to_proto(res, wire::exchange::ipfs), wire::exchange::ipfs);
  REQUIRE(read);
  CHECK(read->round == 3);
  CHECK_FALSE(read->metrics.contains("flwr_actor.round"));
}

TEST_CASE("no cut or flipped message does harm") {
  auto raw =
    wire::fit_res_to_proto(some_answer(), wire::exchange::with_tensors)->SerializeAsString();
  CHECK(rc::check([&] {
    bytes data{raw.begin(), raw.end()};
    auto bit = *rc::gen::inRange<size_t>(0, data.size() * 8);
    data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    data.resize(*rc::gen::inRange<size_t>(0, data.size() + 1));
    auto msg = wire::parse_client_message(buffer_of(data));
    if (msg)
      std::ignore = answer(*msg, wire::exchange::with_tensors);
  }));
}
