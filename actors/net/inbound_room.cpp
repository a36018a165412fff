#include "actors/net/inbound_room.hpp"

#include "actors/net/room_book.hpp"
#include "actors/runtime/ticket.hpp"

namespace flwr {
namespace {

using impl = inbound_room_actor::extend<
  // A ticket's end.
  on<void, atom::release, uint64_t>,
  // A guest has had room for long enough.
  on<void, atom::deadline, uint64_t>>;

constexpr uint64_t patient_bytes = 256 << 10;

struct inbound_room_state {
  static inline const char* name = "flwr.inbound-room";

  using book_type = room_book<room_guest_actor>;

  explicit inbound_room_state(impl::stateful_pointer<inbound_room_state> self) : self(self) {}

  void wait(const room_guest_actor& guest, uint64_t bytes) {
    self->monitor(guest);
    book.wait(guest, bytes);
    serve();
  }

  void serve() {
    while (auto next = book.let_in())
      admit(*next);
    for (auto& late : book.call_in())
      self->send(late, atom::release_v);
  }

  void admit(const book_type::place& next) {
    self->demonitor(next.guest.address());
    self->send(next.guest, atom::given_v, make_ticket(impl{self}, next.key));
    self->delayed_send(self, patience * (1 + next.bytes / patient_bytes), atom::deadline_v,
                       next.key);
  }

  void give_back(uint64_t key) {
    book.give_back(key);
    serve();
  }

  void note_late(uint64_t key) {
    book.note_late(key);
    serve();
  }

  void forget(const caf::actor_addr& gone) {
    book.forget([&](const room_guest_actor& guest) { return guest.address() == gone; });
    serve();
  }

  void leave(const caf::error& why) {
    for (auto& guest : book.dismiss())
      self->send(guest, atom::release_v);
    self->quit(why);
  }

  impl::stateful_pointer<inbound_room_state> self;
  book_type book{0};
  std::chrono::milliseconds patience{};
};

impl::behavior_type inbound_room(impl::stateful_pointer<inbound_room_state> self,
                                 const inbound_room_config& cfg) {
  self->state.book = inbound_room_state::book_type{cfg.bytes};
  self->state.patience = cfg.patience;
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.forget(msg.source); });
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::await, uint64_t bytes, const room_guest_actor& guest) {
      self->state.wait(guest, bytes);
    },
    [self](atom::release, uint64_t key) { self->state.give_back(key); },
    [self](atom::deadline, uint64_t key) { self->state.note_late(key); },
  };
}

} // namespace

inbound_room_actor spawn_inbound_room(caf::actor_system& sys, inbound_room_config cfg) {
  return sys.spawn(inbound_room, cfg);
}

} // namespace flwr
