#include "actors/net/join_session.hpp"

#include "tests/net/join_session_fixture.hpp"

using namespace flwr;
using namespace std::chrono_literals;
using Catch::Contains;
using test::join_session_fixture;
using wire::exchange;

namespace {

grpc::ByteBuffer junk() { return test::buffer_of("\xff\xff\xff\xff"); }

ipfs_fetcher_actor::behavior_type silent_fetcher(ipfs_fetcher_actor::pointer self) {
  return {
    [=](atom::fetch, const content_id&, uint64_t) -> caf::result<blob_ptr> {
      return self->make_response_promise<blob_ptr>(); // Nobody keeps it.
    },
    [](atom::keep, const content_id&, const blob_ptr&) {},
  };
}

} // namespace

// -- joining -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_session_fixture, "each client of ours is greeted with a nonce of its own") {
  open(true);
  auto first = greeting_heard();
  open(true);
  auto second = greeting_heard();
  CHECK(first.run == terms.words.run);
  CHECK(first.http == "http://127.0.0.1:8082");
  CHECK(first.nonce != second.nonce);
  CHECK(first.token != second.token);
  CHECK(first.token.size() == 64);
  CHECK(manager->joined.empty());
}

TEST_CASE_METHOD(join_session_fixture, "a client that proves its key is brought to the manager") {
  join();
  CHECK(manager->joined[0].id == client_id{5});
  CHECK(manager->joined[0].key == address{9});
  CHECK(manager->joined[0].client == session);
  REQUIRE(admitted.size() == 1);
  CHECK(admitted[0] == std::pair{greeting_heard().token, client_id{5}});
  CHECK(is_open());
}

TEST_CASE_METHOD(join_session_fixture, "a proof by another key is refused, with the reason") {
  open(true);
  say(wire::proof_to_proto({client_id{5}, {9}, {}}));
  CHECK(wire::refusal_in(last_said()) == "not the key's proof");
  REQUIRE(turned_away->size() == 1);
  CHECK(turned_away->front().client == client_id{5});
  CHECK(turned_away->front().why == ec::rejected);
  CHECK(ended_with() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(manager->joined.empty());
}

TEST_CASE_METHOD(join_session_fixture, "whom the manager refuses hears why, and gets no token") {
  manager->refuse = make_error(ec::rejected, "client id 5 is held by another key");
  join();
  CHECK(wire::refusal_in(last_said()) == "client id 5 is held by another key");
  CHECK(ended_with() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(admitted.empty());
}

TEST_CASE_METHOD(join_session_fixture, "a server that is ending doesn't refuse: come again") {
  manager->refuse = make_error(ec::stopped, "the run is ending");
  join();
  CHECK_FALSE(wire::refusal_in(last_said()));
  CHECK(ended_with() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE_METHOD(join_session_fixture, "a client that never answers the greeting is let go") {
  open(true);
  advance(terms.proof_patience - 1ms);
  CHECK(is_open());
  advance(1ms);
  CHECK(ended_with() == grpc::StatusCode::UNAVAILABLE);
  CHECK_THAT(stream->status->error_message(), Contains("didn't answer the greeting"));
}

TEST_CASE_METHOD(join_session_fixture, "a client that has joined isn't let go for being silent") {
  join();
  advance(2 * terms.proof_patience);
  CHECK(is_open());
}

TEST_CASE_METHOD(join_session_fixture, "what isn't a proof is refused") {
  open(true);
  proto::ClientMessage msg;
  std::string reason = "the client didn't answer the greeting";
  SECTION("an empty message") {}
  SECTION("an update") { msg = answer(1); }
  SECTION("a disconnect") { msg.mutable_disconnect_res(); }
  SECTION("a proof without a signature") {
    msg = wire::proof_to_proto({client_id{5}, {9}, {}});
    msg.mutable_get_properties_res()->mutable_properties()->erase("flwr_actor.proof");
    reason = "proof";
  }
  SECTION("words why it can't join") {
    msg = wire::inability_to_proto(make_error(ec::usage, "no such data here"));
    reason = "no such data here";
  }
  say(msg);
  CHECK_THAT(*wire::refusal_in(last_said()), Contains(reason));
  CHECK(ended_with() == grpc::StatusCode::PERMISSION_DENIED);
  CHECK(manager->joined.empty());
}

TEST_CASE_METHOD(join_session_fixture, "a plain Flower client is taken in without a greeting") {
  join_plain();
  CHECK(stream->written.empty());
  REQUIRE(manager->joined.size() == 1);
  CHECK(manager->joined[0].client == session);
  CHECK(admitted.empty());
}

TEST_CASE_METHOD(join_session_fixture, "a plain Flower client too many loses the call") {
  manager->refuse = make_error(ec::rejected, "all 2 places of the population are taken");
  join_plain();
  CHECK(stream->written.empty());
  CHECK(ended_with() == grpc::StatusCode::PERMISSION_DENIED);
}

// -- instructions --------------------------------------------------------------------------------

TEST_CASE_METHOD(join_session_fixture, "an instruction and its answer are relayed") {
  join();
  auto reply = fit(4);
  auto ins = wire::fit_ins_from_proto(last_said(), client_id{5}, terms.layout);
  REQUIRE(ins);
  CHECK(ins->round == 4);
  CHECK(ins->base.id == base.id);
  CHECK_FALSE(ins->base.tensors);

  say(answer(4));
  REQUIRE(reply->value);
  CHECK(reply->value->round == 4);
  CHECK(reply->value->base == base.id);
  CHECK(reply->value->model.id == update(4).model.id);
  CHECK(reply->value->num_examples == 10);
  CHECK(reply->value->signature == update(4).signature);
}

TEST_CASE_METHOD(join_session_fixture, "an evaluation and its answer are relayed") {
  join();
  auto reply = evaluate(4);
  CHECK(last_said().has_evaluate_ins());
  evaluate_res res{};
  res.num_examples = 3;
  res.loss = 0.5;
  say(wire::evaluate_res_to_proto(res));
  REQUIRE(reply->value);
  CHECK(reply->value->round == 4);
  CHECK(reply->value->loss == 0.5);
}

TEST_CASE_METHOD(join_session_fixture, "one instruction is out at a time") {
  join();
  auto first = fit(1);
  auto out = stream->written.size();
  CHECK(fit(2)->error == ec::rejected);
  CHECK(evaluate(1)->error == ec::rejected);
  CHECK(first->pending());
  CHECK(stream->written.size() == out);
}

TEST_CASE_METHOD(join_session_fixture,
                 "the answer to a cancelled instruction isn't the next one's") {
  join();
  auto first = fit(1);
  self->send(session, atom::cancel_v, phase_kind::fit, uint64_t{1});
  settle();
  CHECK(fit(2)->error == ec::rejected);
  say(answer(1));
  CHECK(first->value);

  auto second = fit(2);
  CHECK(second->pending());
  say(answer(2));
  REQUIRE(second->value);
  CHECK(second->value->round == 2);
}

TEST_CASE_METHOD(join_session_fixture,
                 "tensors travel where the run says so, and to plain clients") {
  auto ours = GENERATE(true, false);
  open(ours, exchange::with_tensors);
  if (ours)
    prove();
  auto reply = fit(1);
  auto tensors = wire::tensors_in(last_said().fit_ins().parameters(), terms.layout);
  REQUIRE(tensors);
  CHECK(*(*tensors)->file == *base.tensors->file);
}

TEST_CASE_METHOD(join_session_fixture, "an instruction is serialised once for all sessions") {
  join(exchange::with_tensors);
  auto first = fit(1);
  auto memory = test::memory_of(stream->written.back());
  join(exchange::with_tensors);
  auto second = fit(1);
  CHECK(test::memory_of(stream->written.back()) == memory);
  CHECK(desk->calls == std::vector<std::string>{"fetch"});
}

TEST_CASE_METHOD(join_session_fixture, "another round, phase or exchange is another instruction") {
  join(exchange::with_tensors);
  auto first = fit(1);
  auto memory = test::memory_of(stream->written.back());
  SECTION("round") {
    join(exchange::with_tensors);
    auto second = fit(2);
    CHECK(test::memory_of(stream->written.back()) != memory);
  }
  SECTION("phase") {
    join(exchange::with_tensors);
    auto second = evaluate(1);
    CHECK(last_said().has_evaluate_ins());
  }
  SECTION("exchange") {
    join_plain();
    auto second = fit(1);
    CHECK_FALSE(last_said().fit_ins().config().contains("flwr_actor.round"));
  }
}

TEST_CASE_METHOD(join_session_fixture, "why an answer was refused is told to that client alone") {
  join();
  auto ins = instruction(2);
  ins.refused = "num_examples is 0";
  auto first = ask<fit_res>(session, atom::fit_v, ins);
  CHECK(wire::fit_ins_from_proto(last_said(), client_id{5}, terms.layout)->refused == ins.refused);
  join();
  auto second = fit(2);
  CHECK(wire::fit_ins_from_proto(last_said(), client_id{5}, terms.layout)->refused.empty());
}

TEST_CASE_METHOD(join_session_fixture,
                 "a model that can't be fetched fails its instruction alone") {
  join(exchange::with_tensors);
  auto heard = stream->written.size();
  desk->blobs.clear();
  CHECK(fit(1)->error == ec::missing);
  CHECK(stream->written.size() == heard);

  desk->blobs[base.id] = base.tensors->file;
  auto reply = fit(2);
  say(answer(2, exchange::with_tensors));
  CHECK(reply->value);
}

// -- answers -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_session_fixture, "tensors are stored before the answer is given") {
  join(exchange::with_tensors);
  auto reply = fit(1);
  say(answer(1, exchange::with_tensors));
  REQUIRE(reply->value);
  REQUIRE(reply->value->model.tensors);
  CHECK(test::values_of(*reply->value->model.tensors) == std::vector<float>{7, 2, 3});
  CHECK(desk->blobs.at(reply->value->model.id) == reply->value->model.tensors->file);
}

TEST_CASE_METHOD(join_session_fixture, "a plain client's model gets its id from the storage") {
  join_plain();
  auto reply = fit(3);
  say(plain_answer());
  REQUIRE(reply->value);
  CHECK(reply->value->round == 3);
  CHECK(reply->value->base == base.id);
  CHECK(reply->value->model.id == test::name_by_length(reply->value->model.tensors->file));
}

TEST_CASE_METHOD(join_session_fixture, "tensors that aren't the signed model are corrupt") {
  join(exchange::with_tensors);
  auto reply = fit(1);
  auto res = update(1);
  res.model.id.digest[0] ^= 1;
  say(*wire::fit_res_to_proto(res, exchange::with_tensors));
  CHECK(reply->error == ec::corrupt);
  CHECK_THAT(render(reply->error), Contains("as its client signed"));
  CHECK(is_open());
}

TEST_CASE_METHOD(join_session_fixture, "an update that can't be stored is the storage's error") {
  join(exchange::with_tensors);
  desk->refuse_upload = caf::error{ec::no_space};
  auto reply = fit(1);
  say(answer(1, exchange::with_tensors));
  CHECK(reply->error == ec::no_space);
  CHECK(stream->reading);
}

TEST_CASE_METHOD(join_session_fixture, "a bad answer fails its instruction, and nothing else") {
  auto how = GENERATE(exchange::ipfs, exchange::with_tensors);
  join(how);
  auto msg = answer(1, how);
  auto& metrics = *msg.mutable_fit_res()->mutable_metrics();
  auto code = ec::corrupt;
  SECTION("an empty one") { msg.Clear(); }
  SECTION("an evaluation") { msg = wire::evaluate_res_to_proto({}); }
  SECTION("properties") { msg = wire::proof_to_proto({}); }
  SECTION("the client's own refusal") {
    msg = wire::failure_to_proto(true, make_error(ec::io, "the disk is gone"));
    code = ec::rejected;
  }
  SECTION("no round") { metrics.erase("flwr_actor.round"); }
  SECTION("no model") { metrics.erase("flwr_actor.model"); }
  SECTION("no signature") { metrics.erase("flwr_actor.signature"); }
  SECTION("a short signature") { metrics["flwr_actor.signature"].set_bytes("short"); }
  SECTION("a round that is a text") { metrics["flwr_actor.round"].set_string("1"); }
  SECTION("a negative round") { metrics["flwr_actor.round"].set_sint64(-1); }
  SECTION("a model that isn't an id") { metrics["flwr_actor.model"].set_string("../../etc"); }
  SECTION("a metric without a value") { metrics["loss"].Clear(); }
  auto reply = fit(1);
  say(msg);
  CHECK(reply->error == code);
  CHECK(desk->blobs.size() == 1);

  auto next = fit(2);
  say(answer(2, how));
  CHECK(next->value);
}

TEST_CASE_METHOD(join_session_fixture, "bad tensors fail their instruction, and nothing else") {
  auto ours = GENERATE(true, false);
  open(ours, exchange::with_tensors);
  if (ours)
    prove();
  auto msg = ours ? answer(1, exchange::with_tensors) : plain_answer();
  auto& parameters = *msg.mutable_fit_res()->mutable_parameters();
  auto& tensor = *parameters.mutable_tensors(0);
  std::string reason = "tensor w";
  SECTION("none") {
    parameters.clear_tensors();
    reason = "0 tensors";
  }
  SECTION("one too many") {
    *parameters.add_tensors() = tensor;
    reason = "2 tensors";
  }
  SECTION("an empty file") { tensor.clear(); }
  SECTION("not an .npy file") { tensor = "PK\3\4 and so on"; }
  SECTION("a file that ends early") { tensor.pop_back(); }
  SECTION("a file that doesn't end") { tensor.push_back('\0'); }
  SECTION("a header that isn't one") { tensor.replace(tensor.find("descr"), 5, "junk!"); }
  SECTION("another type") { tensor.replace(tensor.find("<f4"), 3, "<i4"); }
  SECTION("another shape") { tensor.replace(tensor.find("(3,)"), 4, "(1,)"); }
  SECTION("pickled objects") { tensor.replace(tensor.find("<f4"), 3, "|O "); }
  auto reply = fit(1);
  say(msg);
  CHECK(reply->error == ec::corrupt);
  CHECK_THAT(render(reply->error), Contains(reason));
  CHECK(desk->blobs.size() == 1);
  CHECK(is_open());
  CHECK(stream->reading);
}

TEST_CASE_METHOD(join_session_fixture, "an answer to an old round says so") {
  join();
  auto reply = fit(4);
  say(answer(3)); // The CLIENT PROXY refuses it.
  REQUIRE(reply->value);
  CHECK(reply->value->round == 3);
}

// -- who breaks the protocol loses the call
// --------------------------------------------------------

TEST_CASE_METHOD(join_session_fixture, "a client that speaks unasked loses the call") {
  join();
  say(answer(1));
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK_THAT(stream->status->error_message(), Contains("unasked"));
  CHECK(turned_away->at(0).client == client_id{5});
  CHECK(turned_away->at(0).why == ec::corrupt);
  CHECK(render(turned_away->at(0).why) == "client 5 broke the protocol: it spoke unasked");
}

TEST_CASE_METHOD(join_session_fixture, "a client that answers twice loses the call") {
  join();
  auto reply = fit(1);
  say(answer(1));
  CHECK(reply->value);
  CHECK(turned_away->empty());
  say(answer(1));
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(turned_away->size() == 1);
}

TEST_CASE_METHOD(join_session_fixture, "a client that answers before it is asked loses the call") {
  terms.fetcher = spawn(silent_fetcher);
  join(exchange::with_tensors);
  auto reply = fit(1);
  CHECK(stream->written.size() == 1); // The greeting.
  say(answer(1, exchange::with_tensors));
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(reply->error == ec::corrupt);
  CHECK(render(reply->error) == "client 5 broke the protocol: it spoke unasked");
  CHECK(turned_away->empty()); // The round's reason says it.
}

TEST_CASE_METHOD(join_session_fixture, "a client that speaks no protobuf loses the call") {
  auto [ours, name] = GENERATE(table<bool, std::string>(
    {{true, "client 5"}, {false, "client " + std::to_string(uint64_t{1} << 32)}}));
  open(ours);
  if (ours)
    prove();
  auto offence = name + " broke the protocol: the message isn't well formed";
  SECTION("where a fit is owed: it fails") {
    auto reply = fit(1);
    say_raw(junk());
    CHECK(reply->error == ec::corrupt);
    CHECK(render(reply->error) == offence);
    CHECK(turned_away->empty());
  }
  SECTION("where an evaluation is owed: it fails") {
    auto reply = evaluate(1);
    say_raw(junk());
    CHECK(reply->error == ec::corrupt);
    CHECK(render(reply->error) == offence);
  }
  SECTION("where nothing is: people hear of it") {
    say_raw(junk());
    CHECK(render(turned_away->at(0).why) == offence);
  }
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_CASE_METHOD(join_session_fixture, "people hear of strangers that speak no protobuf, too") {
  open(true);
  say_raw(junk());
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(turned_away->at(0).client == std::nullopt);
  CHECK(turned_away->at(0).why == ec::corrupt);
}

// -- the end -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_session_fixture, "at the end of the run clients hear goodbye") {
  join();
  auto reply = fit(1);
  end(session);
  CHECK(last_said().has_reconnect_ins());
  CHECK(last_said().reconnect_ins().seconds() == 0);
  CHECK(ended_with() == grpc::StatusCode::OK);
  CHECK(reply->error == ec::unreachable);
}

TEST_CASE_METHOD(join_session_fixture, "at any other end they hear what to do") {
  join();
  auto heard = stream->written.size();
  auto [why, code] = GENERATE(table<caf::error, grpc::StatusCode>(
    {{caf::error{ec::stopped}, grpc::StatusCode::UNAVAILABLE},
     {caf::exit_reason::kill, grpc::StatusCode::UNAVAILABLE},
     {caf::error{ec::rejected}, grpc::StatusCode::PERMISSION_DENIED}}));
  self->send_exit(session, why);
  settle();
  CHECK(ended_with() == code);
  CHECK(stream->written.size() == heard);
}

TEST_CASE_METHOD(join_session_fixture, "a call that ends answers what is owed") {
  join();
  auto reply = fit(1);
  self->send(session, atom::left_v);
  settle();
  CHECK(reply->error == ec::unreachable);
  CHECK(fit(2)->error == caf::sec::request_receiver_down);
}

TEST_CASE_METHOD(join_session_fixture, "a client may leave in peace") {
  join_plain();
  auto reply = fit(1);
  proto::ClientMessage msg;
  msg.mutable_disconnect_res();
  say(msg);
  CHECK(ended_with() == grpc::StatusCode::OK);
  CHECK(reply->error == ec::unreachable);
}
