#include "actors/net/flower_channel.hpp"

#include "tests/support/threaded_fixture.hpp"

#include <catch2/catch.hpp>

#include <memory>

using namespace flwr;
using namespace flwr::test;

namespace {

constexpr auto nobody = "127.0.0.1:1";

/// Tells the probe when its call is over.
join_client_actor::behavior_type caller(join_client_actor::pointer self, caf::actor probe) {
  return {
    [](atom::inbound, const raw_message_ptr&) {},
    [=](atom::left, const grpc::Status&) {
      caf::anon_send(probe, atom::left_v);
      self->quit();
    },
    [](atom::attempt) {},
  };
}

struct flower_channel_test : threaded_fixture {
  join_stream_ptr call(flower_channel& channel) {
    return channel.join(sys.spawn(caller, caf::actor{self}));
  }

  bool hears_the_end() {
    auto heard = false;
    self->receive([&](atom::left) { heard = true; }, caf::after(patience) >> [] {});
    return heard;
  }
};

} // namespace

// In a process without a server, gRPC's threads for callbacks end with the last connection: one of
// them that lets go of it would wait for itself, and free what it still uses.
TEST_CASE_METHOD(flower_channel_test, "a call may be the last one that knows its connection") {
  for (int i = 0; i < 100; ++i) {
    auto channel = std::make_unique<flower_channel>(nobody);
    auto pending = call(*channel);
    pending->read_next();
    channel.reset();
    pending.reset();
    REQUIRE(hears_the_end());
  }
}
