/// A real gRPC server on an ephemeral loopback port, with JOIN SESSIONs on real threads.
#pragma once

#include "actors/net/flower_server.hpp"
#include "tests/net/join_doubles.hpp"
#include "tests/support/threaded_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>
#include <string>
#include <utility>

namespace flwr::test {

/// Takes everybody in, and tells the probe.
inline client_manager_actor::behavior_type open_house(client_manager_actor::pointer,
                                                      caf::actor probe) {
  return {
    [=](atom::joined, client_id id, const address&, const client_actor& client) {
      caf::anon_send(probe, atom::joined_v, id, client);
    },
    [=](atom::joined, const client_actor& client) {
      caf::anon_send(probe, atom::joined_v, some_plain_id, client);
      return some_plain_id;
    },
    [](atom::joined, client_id) {},
    [](atom::left, client_id) {},
    [](atom::await, const round_coordinator_actor&) {},
    [](atom::sample, const sample_request&) { return cohort{}; },
  };
}

struct flower_server_fixture : threaded_fixture {
  static constexpr uint64_t room_bytes = 8 << 20; ///< For announced updates.

  flower_server_fixture() {
    auto desk = std::make_shared<storage_desk>();
    desk->blobs[base.id] = base.tensors->file;
    terms.words = some_words();
    terms.layout = base.tensors->layout;
    terms.manager = manager;
    terms.fetcher = fetcher = sys.spawn(desk_fetcher, desk);
    terms.uploader = uploader = sys.spawn(desk_uploader, std::make_shared<storage_desk>());
    terms.room = room = spawn_inbound_room(sys, {.bytes = room_bytes});
    terms.random = [this] { return hash256{++randoms}; };
    terms.verify = [](const join_proof& proof, const hash256& nonce) -> expected<void> {
      if (proof.signature[0] == nonce[0])
        return caf::unit;
      return make_error(ec::rejected, "not the key's proof");
    };
  }

  ~flower_server_fixture() {
    server.reset();
    end(manager);
    end(fetcher);
    end(uploader);
    end(room);
  }

  void listen(flower_server_config cfg = {}) {
    auto shared = std::make_shared<const join_terms>(terms);
    cfg.open = [this, shared](join_stream_ptr stream, bool is_ours) {
      return spawn_join_session(sys, shared, std::move(stream), is_ours);
    };
    auto made = flower_server::listen(std::move(cfg));
    REQUIRE(made);
    server.emplace(std::move(*made));
  }

  uint16_t port() const { return server->port(); }

  /// The session of whoever is taken in next.
  std::pair<client_id, client_actor> next_newcomer() {
    std::pair<client_id, client_actor> found;
    self->receive(
      [&](atom::joined, client_id id, const client_actor& client) {
        found = {id, client};
      },
      caf::after(patience) >> [] {});
    REQUIRE(found.second);
    return found;
  }

  client_actor next_session() { return next_newcomer().second; }

  /// Has a session's client fit; read the outcome with `outcome_of`.
  auto begin_fit(const client_actor& session, uint64_t round) {
    fit_ins ins{};
    ins.round = round;
    ins.base = {base.id, nullptr};
    return self->request(session, patience, atom::fit_v, ins);
  }

  template <class Request>
  static expected<fit_res> outcome_of(Request request) {
    expected<fit_res> outcome{ec::timeout};
    request.receive([&](const fit_res& res) { outcome = res; },
                    [&](const caf::error& err) { outcome = err; });
    return outcome;
  }

  std::atomic<uint8_t> randoms = 0;
  model_ref base = some_model(1);
  join_terms terms;
  client_manager_actor manager = sys.spawn(open_house, caf::actor{self});
  ipfs_fetcher_actor fetcher;
  ipfs_uploader_actor uploader;
  inbound_room_actor room;
  std::optional<flower_server> server;
};

} // namespace flwr::test
