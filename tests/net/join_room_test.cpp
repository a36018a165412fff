// JOIN SESSIONS whose clients announce their updates, and the INBOUND ROOM that they share.
#include "actors/net/inbound_room.hpp"
#include "actors/net/tensors.hpp"
#include "tests/net/join_session_fixture.hpp"

using namespace flwr;
using namespace std::chrono_literals;
using Catch::Contains;
using wire::exchange;

namespace {

ipfs_uploader_actor::behavior_type silent_uploader(ipfs_uploader_actor::pointer self) {
  return {
    [=](atom::upload, const blob_ptr&) -> caf::result<content_id> {
      return self->make_response_promise<content_id>(); // Nobody keeps it.
    },
    [=](atom::pin, const std::vector<content_id>&) -> caf::result<void> {
      return self->make_response_promise<void>();
    },
  };
}

struct join_room_fixture : test::join_session_fixture {
  /// A client's call, and what it was asked for last.
  struct peer {
    std::shared_ptr<test::recording_stream> stream;
    join_session_actor session;
    std::shared_ptr<outcome<fit_res>> reply;

    bool is_read() const { return stream->reading; }
    bool was_let_in() const {
      auto said = wire::parse_server_message(stream->written.back());
      return said && said->has_go_ahead();
    }
    bool is_open() const { return !stream->status; }
  };

  join_room_fixture() { set_room(1); }

  /// Room for so many models; what was announced before keeps what it had.
  void set_room(uint64_t models) {
    terms.room =
      own(spawn_inbound_room(sys, {.bytes = models * terms.layout->file_bytes, .patience = 5s}));
  }

  /// A client of ours that has joined, and is to fit.
  peer enter() {
    join(exchange::with_tensors);
    return {stream, session, fit(1)};
  }

  void tell(const peer& who, const proto::ClientMessage& msg) {
    test::arrive(who.session, *who.stream, wire::serialize(msg));
    settle();
  }

  void announce(const peer& who, uint64_t bytes) { tell(who, wire::announcement_to_proto(bytes)); }

  void announce(const peer& who) { announce(who, whole().ByteSizeLong()); }

  proto::ClientMessage whole() const { return answer(1, exchange::with_tensors); }

  void deliver(const peer& who) { tell(who, whole()); }

  void expect_offence(const peer& who, const std::string& words) {
    CHECK_FALSE(who.is_open());
    CHECK(who.stream->status->error_code() == grpc::StatusCode::INVALID_ARGUMENT);
    CHECK_THAT(who.stream->status->error_message(),
               Contains("client 5 broke the protocol: ") && Contains(words));
  }

  /// Whether the room is free for one who comes now.
  bool has_room() {
    auto next = enter();
    announce(next);
    return next.is_read();
  }
};

} // namespace

// -- room ----------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_room_fixture, "an announced update is read when there is room for it") {
  auto first = enter(), second = enter(), third = enter();
  announce(first);
  announce(second);
  announce(third);
  CHECK(first.is_read());
  CHECK(first.was_let_in());
  CHECK_FALSE(second.is_read());
  CHECK_FALSE(second.was_let_in());

  deliver(first);
  REQUIRE(first.reply->value);
  CHECK(first.is_read()); // For what may come next.
  CHECK_FALSE(second.is_read());
  first.reply->value->ticket.reset(); // It is folded.
  settle();
  CHECK(second.is_read());
  CHECK(second.was_let_in());
  CHECK_FALSE(third.is_read());
  deliver(second);
  second.reply->value->ticket.reset();
  settle();
  deliver(third);
  CHECK(third.reply->value);
}

TEST_CASE_METHOD(join_room_fixture, "as many are read at a time as there is room for models") {
  set_room(2);
  auto first = enter(), second = enter(), third = enter();
  announce(first);
  announce(second);
  announce(third);
  CHECK(first.is_read());
  CHECK(second.is_read());
  CHECK_FALSE(third.is_read());
}

TEST_CASE_METHOD(join_room_fixture, "an update that is larger than all the room is let in alone") {
  set_room(0);
  auto first = enter(), second = enter();
  announce(first);
  announce(second);
  CHECK_FALSE(second.is_read());
  deliver(first);
  first.reply->value->ticket.reset();
  settle();
  CHECK(second.is_read());
}

TEST_CASE_METHOD(join_room_fixture, "what isn't announced is read at once, and takes no room") {
  auto first = enter(), second = enter();
  announce(first);
  deliver(second);
  REQUIRE(second.reply->value);
  CHECK_FALSE(second.reply->value->ticket);
  deliver(first);
  CHECK(first.reply->value->ticket);

  join_plain();
  auto plain = fit(1);
  say(plain_answer());
  REQUIRE(plain->value);
  CHECK_FALSE(plain->value->ticket);
}

TEST_CASE_METHOD(join_room_fixture, "room is given back however an update ends") {
  auto one = enter();
  announce(one);
  REQUIRE(one.is_read());
  SECTION("folded") {
    deliver(one);
    one.reply->value->ticket.reset();
  }
  SECTION("shorter than announced, and folded") {
    auto short_one = whole();
    short_one.mutable_fit_res()->clear_parameters();
    tell(one, short_one);
    CHECK(one.reply->error == ec::corrupt);
    CHECK(one.is_open());
  }
  SECTION("refused") {
    tell(one, wire::failure_to_proto(true, make_error(ec::io, "the disk is gone")));
    CHECK(one.reply->error == ec::rejected);
  }
  SECTION("not stored") {
    desk->refuse_upload = caf::error{ec::no_space};
    deliver(one);
    CHECK(one.reply->error == ec::no_space);
  }
  SECTION("longer than announced") {
    auto long_one = whole();
    long_one.mutable_fit_res()->mutable_parameters()->add_tensors("another");
    tell(one, long_one);
    expect_offence(one, "it announced ");
    CHECK(one.reply->error == ec::corrupt);
  }
  SECTION("its client gone") {
    self->send(one.session, atom::left_v);
    settle();
    CHECK(one.reply->error == ec::unreachable);
  }
  SECTION("the session ended") { end(one.session); }
  CHECK(has_room());
}

TEST_CASE_METHOD(join_room_fixture, "room is given back by a session that ends while it stores") {
  terms.uploader = spawn(silent_uploader);
  auto one = enter(), next = enter();
  announce(one);
  deliver(one);
  announce(next);
  CHECK(one.reply->pending());
  CHECK_FALSE(next.is_read());
  end(one.session);
  CHECK(next.is_read());
}

TEST_CASE_METHOD(join_room_fixture, "who has gone while it waited leaves its turn to the next") {
  auto first = enter(), second = enter(), third = enter();
  announce(first);
  announce(second);
  announce(third);
  self->send(second.session, atom::left_v);
  settle();
  CHECK(second.reply->error == ec::unreachable);
  deliver(first);
  first.reply->value->ticket.reset();
  settle();
  CHECK(third.is_read());
}

// -- patience ------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_room_fixture, "an update that doesn't come yields its room to who waits") {
  auto slow = enter(), next = enter();
  announce(slow);
  announce(next);
  advance(5s - 1ms);
  CHECK(slow.is_open());
  CHECK_FALSE(next.is_read());
  advance(1ms);
  CHECK(slow.stream->status->error_code() == grpc::StatusCode::UNAVAILABLE); // It comes again.
  CHECK_THAT(slow.stream->status->error_message(), Contains("didn't come in time"));
  CHECK(slow.reply->error == ec::unreachable);
  CHECK(next.is_read());
  CHECK(turned_away->empty());
}

TEST_CASE_METHOD(join_room_fixture, "while nobody waits an update may take its time") {
  auto slow = enter();
  announce(slow);
  advance(1h);
  CHECK(slow.is_open());
  deliver(slow);
  CHECK(slow.reply->value);
}

TEST_CASE_METHOD(join_room_fixture, "who is late already yields as soon as somebody comes") {
  auto slow = enter();
  announce(slow);
  advance(1h);
  CHECK(has_room());
  CHECK_FALSE(slow.is_open());
}

TEST_CASE_METHOD(join_room_fixture, "an update that has come keeps its room, and its call") {
  terms.uploader = spawn(silent_uploader);
  auto first = enter(), second = enter();
  announce(first);
  deliver(first);
  announce(second);
  advance(1min);
  CHECK(first.is_open());
  CHECK_FALSE(second.is_read());
  end(first.session);
  CHECK(second.is_read());
}

TEST_CASE_METHOD(join_room_fixture, "a large update has more patience than a small one") {
  base = {{}, test::vector_model(std::vector<float>(1 << 17, 0.5F))}; // 512 KiB and a header.
  base.id = test::name_by_length(base.tensors->file);
  desk->blobs[base.id] = base.tensors->file;
  terms.layout = base.tensors->layout;
  set_room(1);
  auto slow = enter(), next = enter();
  announce(slow, terms.layout->file_bytes);
  announce(next, terms.layout->file_bytes);
  advance(15s - 1ms);
  CHECK(slow.is_open());
  advance(1ms);
  CHECK_FALSE(slow.is_open());
  CHECK(next.is_read());
}

// -- the end -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_room_fixture, "when the room ends who waits hears it, and comes again") {
  auto first = enter(), second = enter();
  announce(first);
  announce(second);
  end(terms.room);
  CHECK(first.is_open());
  CHECK(second.stream->status->error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(second.reply->error == ec::unreachable);
}

// -- who announces what it may not ---------------------------------------------------------------

TEST_CASE_METHOD(join_room_fixture, "an announcement that no fit waits for is an offence") {
  auto words = "it announced an answer unasked";
  peer who;
  SECTION("before an instruction") {
    join(exchange::with_tensors);
    who = {stream, session, {}};
  }
  SECTION("after the answer") {
    who = enter();
    deliver(who);
    CHECK(who.reply->value);
  }
  SECTION("of a test") {
    join(exchange::with_tensors);
    who = {stream, session, {}};
    auto reply = evaluate(1);
    announce(who);
    CHECK(reply->error == ec::corrupt);
    return expect_offence(who, words);
  }
  SECTION("where content ids are exchanged") {
    join(exchange::ipfs);
    who = {stream, session, fit(1)};
    announce(who);
    CHECK(who.reply->error == ec::corrupt);
    return expect_offence(who, words);
  }
  announce(who);
  expect_offence(who, words);
  REQUIRE(turned_away->size() == 1);
  CHECK(turned_away->front().client == client_id{5});
  CHECK(turned_away->front().why == ec::corrupt);
}

TEST_CASE_METHOD(join_room_fixture, "a plain Flower client has nothing to announce") {
  join_plain();
  auto reply = fit(1);
  say(wire::announcement_to_proto(100));
  CHECK(ended_with() == grpc::StatusCode::INVALID_ARGUMENT);
  CHECK(render(reply->error)
        == "client 4294967296 broke the protocol: it announced an answer unasked");
}

TEST_CASE_METHOD(join_room_fixture, "an announcement isn't a proof") {
  open(true, exchange::with_tensors);
  say(wire::announcement_to_proto(100));
  CHECK(ended_with() == grpc::StatusCode::PERMISSION_DENIED);
}

TEST_CASE_METHOD(join_room_fixture, "an announcement of what can't be an update is an offence") {
  auto most = wire::most_answer_bytes(*terms.layout);
  auto bytes = GENERATE_COPY(uint64_t{0}, most + 1, uint64_t{1} << 63, UINT64_MAX);
  auto liar = enter(), honest = enter();
  announce(liar, bytes);
  expect_offence(liar, "it announced " + std::to_string(bytes) + " bytes, allowed are 1 to "
                         + std::to_string(most));
  CHECK(liar.reply->error == ec::corrupt);
  CHECK(turned_away->empty()); // The round's reason says it.
  announce(honest, most);
  deliver(honest);
  CHECK(honest.reply->value);
}

TEST_CASE_METHOD(join_room_fixture, "an announcement twice is an offence, and frees the room") {
  auto liar = enter(), honest = enter();
  announce(liar);
  announce(liar);
  expect_offence(liar, "it announced its answer twice");
  CHECK(liar.reply->error == ec::corrupt);
  announce(honest);
  deliver(honest);
  CHECK(honest.reply->value);
}

TEST_CASE_METHOD(join_room_fixture, "an announced answer that comes twice is an offence") {
  auto liar = enter();
  announce(liar);
  deliver(liar);
  REQUIRE(liar.reply->value);
  deliver(liar);
  expect_offence(liar, "it spoke unasked");
}
