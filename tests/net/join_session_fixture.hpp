/// A JOIN SESSION among doubles, and what its client says to it.
#pragma once

#include "actors/net/join_session.hpp"
#include "actors/net/tensors.hpp"
#include "tests/net/join_doubles.hpp"
#include "tests/net/recording_stream.hpp"
#include "tests/support/actor_fixture.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flwr::test {

using turned_away_list = std::vector<event::turned_away>;

inline reporter_actor::behavior_type listening_reporter(reporter_actor::pointer,
                                                        std::shared_ptr<turned_away_list> heard) {
  return {
    [=](const event::any& what) { heard->push_back(std::get<event::turned_away>(what)); },
    [](atom::finish, const run_outcome&) {},
  };
}

struct join_session_fixture : actor_fixture {
  join_session_fixture() {
    desk->blobs[base.id] = base.tensors->file;
    terms.words = some_words();
    terms.layout = base.tensors->layout;
    terms.manager = spawn(desk_manager, manager);
    terms.fetcher = spawn(desk_fetcher, desk);
    terms.uploader = spawn(desk_uploader, desk);
    terms.random = [this] { return hash256{++randoms}; };
    terms.verify = [this](const join_proof& proof, const hash256& nonce) -> expected<void> {
      if (proof.signature[0] == nonce[0])
        return caf::unit;
      return make_error(ec::rejected, "not the key's proof");
    };
    terms.reporter = spawn(listening_reporter, turned_away);
    terms.admitted = [this](const std::string& token, client_id id) {
      admitted.emplace_back(token, id);
    };
  }

  void open(bool is_ours, wire::exchange how = wire::exchange::ipfs) {
    terms.exchange = how;
    stream = std::make_shared<recording_stream>();
    session =
      own(spawn_join_session(sys, std::make_shared<const join_terms>(terms), stream, is_ours));
    settle();
  }

  void join(wire::exchange how = wire::exchange::ipfs) {
    open(true, how);
    prove();
    REQUIRE_FALSE(manager->joined.empty());
  }

  void join_plain() { open(false); }

  void prove() {
    join_proof proof{client_id{5}, {9}, {}};
    proof.signature[0] = greeting_heard().nonce[0];
    say(wire::proof_to_proto(proof));
  }

  greeting greeting_heard() {
    auto words = wire::greeting_from_proto(said(0), "127.0.0.1");
    REQUIRE(words);
    return *words;
  }

  proto::ServerMessage said(size_t which) {
    REQUIRE(stream->written.size() > which);
    auto msg = wire::parse_server_message(stream->written[which]);
    REQUIRE(msg);
    return *msg;
  }

  proto::ServerMessage last_said() { return said(stream->written.size() - 1); }

  void say(const proto::ClientMessage& msg) { say_raw(wire::serialize(msg)); }

  void say_raw(const grpc::ByteBuffer& raw) {
    arrive(session, *stream, raw);
    settle();
  }

  fit_ins instruction(uint64_t round) const {
    fit_ins ins{};
    ins.round = round;
    ins.base = {base.id, nullptr};
    return ins;
  }

  auto fit(uint64_t round) { return ask<fit_res>(session, atom::fit_v, instruction(round)); }

  auto evaluate(uint64_t round) {
    evaluate_ins ins{};
    ins.round = round;
    ins.model = {base.id, nullptr};
    return ask<evaluate_res>(session, atom::evaluate_v, ins);
  }

  fit_res update(uint64_t round) const {
    fit_res res{};
    res.round = round;
    res.num_examples = 10;
    res.model = some_model(7);
    res.signature = {1};
    return res;
  }

  proto::ClientMessage answer(uint64_t round, wire::exchange how = wire::exchange::ipfs) const {
    return *wire::fit_res_to_proto(update(round), how);
  }

  /// A plain client's: the tensors and nothing of ours.
  proto::ClientMessage plain_answer() const {
    proto::ClientMessage msg;
    auto& res = *msg.mutable_fit_res();
    res.mutable_status()->set_code(proto::OK);
    res.set_num_examples(10);
    REQUIRE(wire::append_tensors(*update(1).model.tensors, *res.mutable_parameters()));
    return msg;
  }

  grpc::StatusCode ended_with() const {
    return stream->status ? stream->status->error_code() : grpc::StatusCode::DO_NOT_USE;
  }

  bool is_open() const { return !stream->status; }

  desk_ptr desk = std::make_shared<storage_desk>();
  manager_desk_ptr manager = std::make_shared<manager_desk>();
  model_ref base = some_model(1);
  join_terms terms;
  uint8_t randoms = 0;
  std::vector<std::pair<std::string, client_id>> admitted;
  std::shared_ptr<turned_away_list> turned_away = std::make_shared<turned_away_list>();
  std::shared_ptr<recording_stream> stream;
  join_session_actor session;
};

} // namespace flwr::test
