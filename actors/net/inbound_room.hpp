#pragma once

#include "messages/atoms.hpp"
#include "messages/parameters.hpp"

#include <chrono>
#include <cstdint>

FLWR_LOCAL_MESSAGE(flwr::ticket_ptr)

namespace flwr {

/// Whoever asks an INBOUND ROOM, a JOIN SESSION.
using room_guest_actor = caf::typed_actor<
  // There is room. It is taken until the ticket's last copy goes.
  on<void, atom::given, ticket_ptr>,
  // There is none, or none any more: others wait for what it was given, or the run ends. Unless
  // what it was meant for has come, the guest has to leave.
  on<void, atom::release>>;

/// The INBOUND ROOM owns the fact how much of `--inbound-bytes` the updates take that come over
/// gRPC.
using inbound_room_actor = caf::typed_actor<
  // The guest waits for room for so many bytes, once at a time; it hears `given` or `release`. One
  // that ends meanwhile waits no longer.
  on<void, atom::await, uint64_t, room_guest_actor>>;

struct inbound_room_config {
  uint64_t bytes = 0; ///< For all together.
  /// For which a guest may have room without using it while others wait: this once, and again for
  /// each 256 KiB, 51 KiB/s by default.
  std::chrono::milliseconds patience{5'000};
};

/// Spawns an INBOUND ROOM. Guests are served in the order in which they came. One that wants more
/// than there is at all is let in when it is alone.
inbound_room_actor spawn_inbound_room(caf::actor_system&, inbound_room_config);

} // namespace flwr
