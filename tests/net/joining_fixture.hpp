/// JOIN CLIENTS that join JOIN SESSIONS of this process, with gRPC between them.
#pragma once

#include "actors/net/flower_channel.hpp"
#include "actors/net/join_client.hpp"
#include "tests/net/flower_server_fixture.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flwr::test {

/// Seats everybody in the same place, and tells the probe who has left.
inline client_host_actor::behavior_type hotel(client_host_actor::pointer, seat place,
                                              caf::actor probe) {
  return {
    [](atom::start, const supervisor_actor&) {},
    [=](atom::greet, client_id id, const greeting& words) {
      auto mine = place;
      mine.proof.client = id;
      mine.proof.signature[0] ^= words.nonce[0];
      return mine;
    },
    [=](atom::left, client_id id, const caf::error& why) {
      caf::anon_send(probe, atom::left_v, id, why);
    },
  };
}

struct joining_fixture : flower_server_fixture {
  ~joining_fixture() { leave(); }

  // Sessions say goodbye, clients end their calls, then the channel goes.
  void leave() {
    for (auto& joiner : std::exchange(joiners, {}))
      end(joiner);
    channel.reset();
    for (auto& each : {caf::actor_cast<caf::actor>(std::exchange(worried, {})),
                       caf::actor_cast<caf::actor>(std::exchange(host, {})),
                       caf::actor_cast<caf::actor>(std::exchange(client, {}))})
      if (each)
        end(each);
  }

  /// The clients of a process, all with the answers of `client`.
  void send_clients(uint16_t to, uint64_t clients = 1, bool with_tensors = false) {
    seat place{client, {{}, {9}, {}}, base.tensors->layout, with_tensors};
    place.proof.signature[0] = wrong_key ? 0xff : 0;
    host = sys.spawn(hotel, place, caf::actor{self});
    channel = std::make_shared<flower_channel>("127.0.0.1:" + std::to_string(to));
    for (uint64_t id = 0; id < clients; ++id)
      joiners.push_back(spawn_join_client(sys, client_config(client_id{id})));
  }

  join_client_config client_config(client_id id) {
    join_client_config cfg;
    cfg.id = id;
    cfg.server = "the server";
    cfg.server_host = "127.0.0.1";
    cfg.host = host;
    cfg.reporter = worried;
    cfg.dial = [to = channel](join_client_actor who) { return to->join(std::move(who)); };
    cfg.pauses.first = std::chrono::milliseconds{50};
    cfg.pauses.cap = std::chrono::milliseconds{200};
    cfg.patience = std::chrono::seconds{30};
    cfg.jitter = [] { return 0.5; };
    return cfg;
  }

  std::pair<client_id, caf::error> next_to_leave() {
    std::pair<client_id, caf::error> gone{client_id{UINT64_MAX}, {}};
    self->receive(
      [&](atom::left, client_id id, const caf::error& why) {
        gone = {id, why};
      },
      caf::after(patience) >> [] {});
    return gone;
  }

  bool wrong_key = false;
  client_actor client;
  client_host_actor host;
  reporter_actor worried; // Hears when the server is away; may be null.
  std::shared_ptr<flower_channel> channel;
  std::vector<join_client_actor> joiners;
};

} // namespace flwr::test
