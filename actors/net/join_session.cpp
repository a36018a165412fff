#include "actors/net/join_session.hpp"

#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "actors/runtime/patience.hpp"
#include "actors/runtime/pending.hpp"
#include "messages/client_names.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = join_session_actor::extend<on<void, atom::deadline>>;

// Longer than any retry budget of the storage actors, which answer on their own.
constexpr auto storage_patience = 5min;
constexpr auto manager_patience = 2min;

struct join_session_state {
  static inline const char* name = "flwr.join-session";

  /// An instruction that is out, and the key of the promise for its answer.
  struct fit_asked {
    fit_ins ins;
    uint64_t key;
  };
  struct evaluate_asked {
    evaluate_ins ins;
    uint64_t key;
  };

  explicit join_session_state(impl::stateful_pointer<join_session_state> self) : self(self) {}

  // However the session ended, its call doesn't outlive it. An earlier status wins.
  ~join_session_state() {
    if (stream)
      stream->finish({grpc::StatusCode::UNAVAILABLE, "the session is over"});
  }

  // -- joining -----------------------------------------------------------------------------------

  void start() {
    listen();
    is_ours ? greet() : join_plain();
  }

  void greet() {
    auto words = terms->words;
    words.nonce = nonce = terms->random();
    words.token = token = to_hex(terms->random());
    stream->write(wire::serialize(wire::greeting_to_proto(words)));
    self->delayed_send(self, terms->proof_patience, atom::deadline_v);
  }

  void join_plain() {
    joined = true;
    self->request(terms->manager, manager_patience, atom::joined_v, client_actor{self})
      .then([this](client_id id) { known_as = id; },
            [this](const caf::error& why) { turn_away(why); });
  }

  void take_proof(const proto::ClientMessage& msg) {
    auto proof = wire::proof_from_proto(msg);
    if (!proof)
      return turn_away(proof.error());
    known_as = proof->client;
    if (auto holds = terms->verify(*proof, nonce); !holds)
      return turn_away(holds.error());
    joined = true; // Instructions may overtake the manager's answer.
    self
      ->request(terms->manager, manager_patience, atom::joined_v, proof->client, proof->key,
                client_actor{self})
      .then([=, this, id = proof->client] { admit(id); },
            [this](const caf::error& why) { turn_away(why); });
    listen();
  }

  void admit(client_id id) {
    if (terms->admitted)
      terms->admitted(token, id);
  }

  /// For good if the client is at fault; else it may come back.
  void turn_away(const caf::error& why) {
    if (code_of(why) != ec::rejected && code_of(why) != ec::corrupt)
      return leave(why, {grpc::StatusCode::UNAVAILABLE, render(why)});
    tell_turned_away(why);
    if (is_ours)
      stream->write(wire::serialize(wire::refusal_to_proto(render(why))));
    leave(why, {grpc::StatusCode::PERMISSION_DENIED, render(why)});
  }

  void tell_turned_away(const caf::error& why) {
    if (terms->reporter)
      self->send(terms->reporter, event::any{event::turned_away{known_as, why}});
  }

  void give_up_waiting() {
    if (!joined)
      turn_away(make_error(ec::timeout, "the client didn't answer the greeting in time"));
  }

  // -- instructions ------------------------------------------------------------------------------

  caf::result<fit_res> fit(const fit_ins& ins) {
    if (is_busy())
      return make_error(ec::rejected, "one instruction at a time");
    auto reply = self->make_response_promise<fit_res>();
    asked = fit_asked{ins, fits.add(reply)};
    auto to_share = ins.refused.empty();
    send({phase_kind::fit, ins.round, ins.base.id, how()}, to_share, [this](const model_ref& base) {
      auto full = std::get<fit_asked>(asked).ins;
      full.base = base;
      return wire::fit_ins_to_proto(full, how());
    });
    return reply;
  }

  caf::result<evaluate_res> evaluate(const evaluate_ins& ins) {
    if (is_busy())
      return make_error(ec::rejected, "one instruction at a time");
    auto reply = self->make_response_promise<evaluate_res>();
    asked = evaluate_asked{ins, evaluations.add(reply)};
    send({phase_kind::evaluate, ins.round, ins.model.id, how()}, true,
         [this](const model_ref& model) {
           auto full = std::get<evaluate_asked>(asked).ins;
           full.model = model;
           return wire::evaluate_ins_to_proto(full, how());
         });
    return reply;
  }

  wire::exchange how() const { return is_ours ? terms->exchange : wire::exchange::plain; }
  bool is_busy() const { return !std::holds_alternative<std::monostate>(asked); }

  /// Sends what `make` makes of the model, whose tensors are fetched first where they are needed.
  template <class Make>
  void send(const shared_instructions::key& which, bool to_share, Make make) {
    auto known = to_share ? terms->instructions->find(which) : std::nullopt;
    if (known)
      return dispatch(*known);
    auto transmit = [=, this](const parameters_ptr& tensors) {
      auto serialized = [&]() -> expected<grpc::ByteBuffer> {
        auto msg = make(model_ref{which.model, tensors});
        return msg ? expected<grpc::ByteBuffer>{wire::serialize(*msg)} : msg.error();
      };
      auto buffer = to_share ? terms->instructions->obtain(which, serialized) : serialized();
      buffer ? dispatch(*buffer) : fail(buffer.error());
    };
    which.how == wire::exchange::ipfs ? transmit(nullptr) : with_tensors(which.model, transmit);
  }

  void dispatch(const grpc::ByteBuffer& instruction) { // Its copies share the bytes.
    awaiting = true;
    stream->write(instruction);
  }

  template <class Next>
  void with_tensors(const content_id& model, Next next) {
    auto most = terms->layout->file_bytes;
    self->request(terms->fetcher, patience_for(most, storage_patience), atom::fetch_v, model, most)
      .then(
        [=, this](const blob_ptr& file) {
          auto tensors = parameters_from(terms->layout, file);
          tensors ? next(*tensors) : fail(tensors.error());
        },
        [this](const caf::error& why) { fail(why); });
  }

  // -- answers -----------------------------------------------------------------------------------

  // An instruction that comes to nothing on our side leaves the read before it outstanding.
  void listen() {
    if (!std::exchange(listening, true))
      stream->read_next();
  }

  void hear(const grpc::ByteBuffer& raw) {
    listening = false;
    if (announced && raw.Length() > *announced)
      return send_away("it announced " + in_bytes(*announced) + ", and sent "
                       + in_bytes(raw.Length()));
    auto msg = wire::parse_client_message(raw);
    if (!msg)
      return send_away(render(msg.error()));
    if (!joined)
      return take_proof(*msg);
    if (auto bytes = wire::announcement_in(*msg))
      return expect(*bytes);
    if (msg->has_disconnect_res())
      return leave(make_error(ec::unreachable, "the client says goodbye"), grpc::Status::OK);
    if (!std::exchange(awaiting, false))
      return send_away("it spoke unasked");
    announced.reset();
    if (auto* out = std::get_if<fit_asked>(&asked))
      return take(*out, *msg);
    take(std::get<evaluate_asked>(asked), *msg);
  }

  /// A client of ours says how long its update is. It waits for our word; if it doesn't, then for
  /// gRPC's flow control, which lets some megabytes pass.
  void expect(uint64_t bytes) {
    if (!awaits_update())
      return send_away("it announced an answer unasked");
    if (announced)
      return send_away("it announced its answer twice");
    if (auto most = wire::most_answer_bytes(*terms->layout); bytes == 0 || bytes > most)
      return send_away("it announced " + in_bytes(bytes) + ", allowed are 1 to "
                       + std::to_string(most));
    announced = bytes;
    // As a trainer's does, an update counts for what is kept of it.
    self->send(terms->room, atom::await_v, std::min(bytes, terms->layout->file_bytes),
               room_guest_actor{self});
  }

  bool awaits_update() const {
    return awaiting && how() == wire::exchange::with_tensors
           && std::holds_alternative<fit_asked>(asked);
  }

  static std::string in_bytes(uint64_t count) { return std::to_string(count) + " bytes"; }

  void let_in(const ticket_ptr& ticket) {
    room = ticket;
    stream->write(wire::serialize(wire::go_ahead()));
    listen();
  }

  void yield_room() {
    if (!announced)
      return; // It has come.
    auto why = make_error(ec::unreachable, "the update didn't come in time, and others wait");
    leave(why, {grpc::StatusCode::UNAVAILABLE, render(why)});
  }

  /// Whoever breaks the protocol loses the call, and by name: a round hears it if it waits for this
  /// client, else people do.
  void send_away(const std::string& offence) {
    auto why = make_error(ec::corrupt, who() + " broke the protocol: " + offence);
    if (!is_busy())
      tell_turned_away(why);
    fits.fail_all(why);
    evaluations.fail_all(why);
    leave(why, {grpc::StatusCode::INVALID_ARGUMENT, render(why)});
  }

  std::string who() const { return known_as ? name_of(*known_as) : "the client"; }

  void take(const fit_asked& out, const proto::ClientMessage& msg) {
    auto res = wire::fit_res_from_proto(msg, out.ins, how(), terms->layout);
    auto ticket = std::exchange(room, nullptr);
    if (res)
      res->ticket = std::move(ticket);
    if (!res || !res->model.tensors)
      return settle(std::move(res));
    auto& file = res->model.tensors->file;
    self
      ->request(terms->uploader, patience_for(file->size(), storage_patience), atom::upload_v, file)
      .then([=, this, res = *res](const content_id& id) { settle(named(res, id)); },
            [this](const caf::error& why) { fail(why); });
  }

  /// The id of the model that came has to be the one that was signed.
  expected<fit_res> named(fit_res res, const content_id& id) const {
    if (is_ours && as_version_1(res.model.id) != as_version_1(id))
      return make_error(ec::corrupt, "the update's tensors are " + to_text(id) + ", not "
                                       + to_text(res.model.id) + " as its client signed");
    res.model.id = id;
    return res;
  }

  void take(const evaluate_asked& out, const proto::ClientMessage& msg) {
    settle(wire::evaluate_res_from_proto(msg, out.ins));
  }

  void settle(expected<fit_res> res) {
    if (auto* out = std::get_if<fit_asked>(&asked)) {
      fits.settle(out->key, std::move(res));
      next();
    }
  }

  void settle(expected<evaluate_res> res) {
    if (auto* out = std::get_if<evaluate_asked>(&asked)) {
      evaluations.settle(out->key, std::move(res));
      next();
    }
  }

  /// The instruction that is out comes to nothing on our side.
  void fail(const caf::error& why) {
    if (std::holds_alternative<fit_asked>(asked))
      settle(expected<fit_res>{why});
    else
      settle(expected<evaluate_res>{why});
  }

  void next() {
    asked = std::monostate{};
    listen();
  }

  // -- the end -----------------------------------------------------------------------------------

  void dismiss(const caf::error& why) {
    if (why == caf::exit_reason::user_shutdown) {
      stream->write(wire::serialize(wire::goodbye()));
      return leave(why, grpc::Status::OK);
    }
    auto code = code_of(why) == ec::rejected ? grpc::StatusCode::PERMISSION_DENIED
                                             : grpc::StatusCode::UNAVAILABLE;
    leave(why, {code, render(why)});
  }

  void leave(const caf::error& why, const grpc::Status& status) {
    auto gone = make_error(ec::unreachable, "its connection ended: " + render(why));
    fits.fail_all(gone);
    evaluations.fail_all(gone);
    stream->finish(status);
    self->quit(why);
  }

  impl::stateful_pointer<join_session_state> self;
  join_terms_ptr terms;
  join_stream_ptr stream;
  bool is_ours = false;
  std::optional<client_id> known_as; // Who it says that it is, or the manager does.
  bool joined = false;               // It may be instructed.
  bool listening = false;            // The client's next message was asked for.
  bool awaiting = false;             // An instruction has left, and its answer hasn't come.
  std::optional<uint64_t> announced; // How many bytes of it will come.
  ticket_ptr room;                   // For them.
  hash256 nonce{};
  std::string token;
  std::variant<std::monostate, fit_asked, evaluate_asked> asked;
  pending<fit_res> fits;
  pending<evaluate_res> evaluations;
};

impl::behavior_type join_session(impl::stateful_pointer<join_session_state> self,
                                 join_terms_ptr terms, join_stream_ptr stream, bool is_ours) {
  self->state.terms = std::move(terms);
  self->state.stream = std::move(stream);
  self->state.is_ours = is_ours;
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.dismiss(msg.reason); });
  self->state.start();
  return {
    [self](atom::fit, const fit_ins& ins) { return self->state.fit(ins); },
    [self](atom::evaluate, const evaluate_ins& ins) { return self->state.evaluate(ins); },
    [](atom::cancel, phase_kind, uint64_t) {},
    [self](atom::inbound, const raw_message_ptr& raw) { self->state.hear(*raw); },
    [self](atom::left) {
      self->state.leave(make_error(ec::unreachable, "the client is gone"), grpc::Status::OK);
    },
    [self](atom::given, const ticket_ptr& ticket) { self->state.let_in(ticket); },
    [self](atom::release) { self->state.yield_room(); },
    [self](atom::deadline) { self->state.give_up_waiting(); },
  };
}

} // namespace

join_session_actor spawn_join_session(caf::actor_system& sys, join_terms_ptr terms,
                                      join_stream_ptr stream, bool is_ours) {
  return sys.spawn(join_session, std::move(terms), std::move(stream), is_ours);
}

} // namespace flwr
