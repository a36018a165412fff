#include "actors/net/join_client.hpp"

#include "actors/net/wire.hpp"
#include "messages/client_names.hpp"

#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

// A host that is greeted may have to load its data first.
constexpr auto host_patience = 60min;

/// What gRPC says of a call that failed, in fewer words where they are known.
std::string reason_in(const grpc::Status& status) {
  auto words = status.error_message();
  auto has = [&](const char* part) { return words.find(part) != std::string::npos; };
  if (has("Connection refused"))
    return "nobody listens there";
  if (has("http1.x server"))
    return "that is an HTTP port; clients join at the server's --listen";
  if (has("SETTINGS frame") || has("parsing HTTP/2"))
    return "whoever listens there doesn't speak gRPC without TLS";
  if (has("failed to connect") && (has("Socket closed") || has("Connection reset")))
    return "whoever listens there hangs up at once, as a port that wants TLS would";
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED)
    return "it has no memory left for what its clients send";
  if (has("the run is ending"))
    return "its run has ended early";
  return words.empty() ? "the call ended" : words;
}

struct join_client_state {
  static inline const char* name = "flwr.join-client";

  /// A long update that waits until the server has room for it, and its share of our own room.
  struct announced_answer {
    grpc::ByteBuffer message;
    ticket_ptr ticket;
  };

  explicit join_client_state(join_client_actor::stateful_pointer<join_client_state> self)
    : self(self) {}

  // -- the call ----------------------------------------------------------------------------------

  void dial() {
    if (gone)
      return;
    ++call;
    busy = false;
    stream = cfg.dial(join_client_actor{self});
    stream->read_next();
  }

  void over(const grpc::Status& status) {
    stream.reset();
    announced.reset();
    if (ending)
      return self->quit(*ending);
    if (gone)
      return;
    ++call; // What is answered now is answered to nobody.
    if (trouble)
      return leave(*trouble);
    if (is_final(status.error_code()))
      return leave(
        make_error(ec::rejected, "the server refuses " + name_of(cfg.id) + ": "
                                   + (refusal && !instructed ? *refusal : status.error_message())));
    retry(status);
  }

  static bool is_final(grpc::StatusCode code) {
    return code == grpc::StatusCode::PERMISSION_DENIED || code == grpc::StatusCode::INVALID_ARGUMENT
           || code == grpc::StatusCode::UNIMPLEMENTED;
  }

  void retry(const grpc::Status& status) {
    auto now = self->clock().now();
    if (failures == 0)
      away_since = now;
    ++failures;
    auto since = seconds_text(now - away_since);
    if (now - away_since >= cfg.patience)
      return leave(make_error(ec::unreachable, "the server at " + cfg.server + " was away for "
                                                 + since + " (" + reason_in(status)
                                                 + "); --join-timeout allows more"));
    tell(event::server_away{"waiting for the server at " + cfg.server + ": " + reason_in(status)
                            + ", " + since + " of " + seconds_text(cfg.patience)});
    self->delayed_send(self, *cfg.pauses.delay_after(failures, cfg.jitter()), atom::attempt_v);
  }

  static std::string seconds_text(caf::actor_clock::duration_type span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
  }

  // -- what the server says ----------------------------------------------------------------------

  void hear(const grpc::ByteBuffer& raw) {
    if (gone || !stream)
      return;
    stream->read_next(); // Only who reads hears that the call is over, in the midst of a fit, too.
    auto msg = wire::parse_server_message(raw);
    if (!msg)
      return give_up(msg.error());
    if (msg->has_reconnect_ins())
      return hear_goodbye();
    if (auto reason = wire::refusal_in(*msg))
      return hear_refusal(*reason);
    if (msg->has_go_ahead())
      return go_ahead();
    if (std::exchange(busy, true))
      return give_up(make_error(ec::corrupt, "the server at " + cfg.server
                                               + " asks again before it was answered"));
    if (msg->has_get_properties_ins())
      return be_greeted(*msg);
    if (!place)
      return give_up(make_error(ec::rejected, "the server at " + cfg.server
                                                + " didn't greet; it isn't one of flwr-actor's"));
    instructed = true;
    if (msg->has_fit_ins())
      return fit(*msg);
    if (msg->has_evaluate_ins())
      return evaluate(*msg);
    give_up(make_error(ec::corrupt, "the server asks for something unknown"));
  }

  void hear_goodbye() {
    stream->finish(grpc::Status::OK);
    leave({});
  }

  // A refusal while it takes part isn't the end: the round goes on without its answer.
  void hear_refusal(const std::string& reason) {
    refusal = reason;
    if (instructed)
      tell(event::note{"the server refused an answer of " + name_of(cfg.id) + ": " + reason});
  }

  void be_greeted(const proto::ServerMessage& msg) {
    auto words = wire::greeting_from_proto(msg, cfg.server_host);
    if (!words)
      return give_up(words.error());
    self->request(cfg.host, host_patience, atom::greet_v, cfg.id, *words)
      .then([=, this, which = call](const seat& found) { sit_down(which, found); },
            [=, this, which = call](const caf::error& why) { decline(which, why); });
  }

  void sit_down(uint64_t which, const seat& found) {
    place = found;
    if (which != call || !stream)
      return;
    if (std::exchange(failures, 0) > 0)
      tell(event::server_back{cfg.server});
    answer(which, wire::proof_to_proto(found.proof));
  }

  void decline(uint64_t which, const caf::error& why) {
    if (gone || which != call || !stream)
      return; // Whoever greets next hears it.
    trouble = why;
    stream->write(wire::serialize(wire::inability_to_proto(why)));
    stream->finish(grpc::Status::OK);
  }

  // -- instructions ------------------------------------------------------------------------------

  wire::exchange how() const {
    return place->with_tensors ? wire::exchange::with_tensors : wire::exchange::ipfs;
  }

  void fit(const proto::ServerMessage& msg) {
    auto ins = wire::fit_ins_from_proto(msg, cfg.id, place->layout);
    if (!ins)
      return answer(call, wire::failure_to_proto(true, ins.error()));
    self->request(place->client, caf::infinite, atom::fit_v, *ins)
      .then([=, this, which = call](const fit_res& res) { answer(which, res); },
            [=, this, which = call](const caf::error& why) {
              answer(which, wire::failure_to_proto(true, why));
            });
  }

  void evaluate(const proto::ServerMessage& msg) {
    auto ins = wire::evaluate_ins_from_proto(msg, cfg.id, place->layout);
    if (!ins)
      return answer(call, wire::failure_to_proto(false, ins.error()));
    self->request(place->client, caf::infinite, atom::evaluate_v, *ins)
      .then([=, this, which = call](
              const evaluate_res& res) { answer(which, wire::evaluate_res_to_proto(res)); },
            [=, this, which = call](const caf::error& why) {
              answer(which, wire::failure_to_proto(false, why));
            });
  }

  void answer(uint64_t which, const fit_res& res) {
    if (which != call || !stream)
      return;
    auto told = wire::fit_res_to_proto(res, how());
    if (!told)
      return answer(which, wire::failure_to_proto(true, told.error()));
    auto bytes = told->ByteSizeLong();
    if (how() != wire::exchange::with_tensors || bytes <= wire::unannounced_bytes)
      return answer(which, *told);
    announced = announced_answer{wire::serialize(*told), res.ticket};
    stream->write(wire::serialize(wire::announcement_to_proto(bytes)));
  }

  void answer(uint64_t which, const proto::ClientMessage& msg) {
    if (which == call && stream)
      answer(wire::serialize(msg));
  }

  void answer(grpc::ByteBuffer msg) {
    busy = false;
    stream->write(std::move(msg));
  }

  void go_ahead() {
    auto ready = std::exchange(announced, std::nullopt);
    if (!ready)
      return give_up(make_error(ec::corrupt, "the server at " + cfg.server
                                               + " wants an answer that wasn't announced"));
    answer(std::move(ready->message));
  }

  // -- the end -----------------------------------------------------------------------------------

  void give_up(const caf::error& why) {
    trouble = why;
    stream->finish({grpc::StatusCode::CANCELLED, render(why)});
    leave(why);
  }

  void leave(const caf::error& why) {
    if (std::exchange(gone, true))
      return;
    self->send(cfg.host, atom::left_v, cfg.id, why);
  }

  // gRPC must be done with the call before the process may end.
  void quit(const caf::error& why) {
    gone = true;
    if (!stream)
      return self->quit(why);
    ending = why;
    stream->finish({grpc::StatusCode::CANCELLED, "the client is ending"});
  }

  void tell(event::any what) {
    if (cfg.reporter)
      self->send(cfg.reporter, std::move(what));
  }

  join_client_actor::stateful_pointer<join_client_state> self;
  join_client_config cfg;
  join_stream_ptr stream; // Null between calls.
  uint64_t call = 0;      // Of the calls; answers for older ones are void.
  std::optional<seat> place;
  uint32_t failures = 0; // In a row.
  caf::actor_clock::time_point away_since{};
  std::optional<std::string> refusal;
  std::optional<caf::error> trouble; // Why this client can't take part.
  bool busy = false;                 // The server has asked, and wasn't answered yet.
  std::optional<announced_answer> announced;
  bool instructed = false; // It takes part.
  std::optional<caf::error> ending;
  bool gone = false;
};

join_client_actor::behavior_type
join_client(join_client_actor::stateful_pointer<join_client_state> self, join_client_config cfg) {
  self->state.cfg = std::move(cfg);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.quit(msg.reason); });
  self->send(self, atom::attempt_v);
  return {
    [self](atom::inbound, const raw_message_ptr& raw) { self->state.hear(*raw); },
    [self](atom::left, const grpc::Status& status) { self->state.over(status); },
    [self](atom::attempt) { self->state.dial(); },
  };
}

} // namespace

join_client_actor spawn_join_client(caf::actor_system& sys, join_client_config cfg) {
  return sys.spawn(join_client, std::move(cfg));
}

} // namespace flwr
