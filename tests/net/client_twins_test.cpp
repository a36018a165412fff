// The two bodies of a CLIENT: in this process, and a JOIN SESSION that relays to one over gRPC.
#include "tests/contracts/client_suite.hpp"
#include "tests/net/joining_fixture.hpp"

using namespace flwr;
using namespace flwr::test;

namespace {

struct client_in_this_process : threaded_fixture {
  ~client_in_this_process() {
    end(student);
    school.close(*this);
  }

  client_school school{sys, caf::actor{self}};
  client_actor student = school.client(sys, true);
};

template <wire::exchange How>
struct client_behind_grpc : joining_fixture {
  static constexpr bool with_tensors = How == wire::exchange::with_tensors;

  client_behind_grpc() {
    base = school.base;
    terms.exchange = How;
    terms.layout = base.tensors->layout;
    terms.fetcher = school.fetcher;
    terms.uploader = school.uploader;
    client = school.client(sys, with_tensors);
    listen();
    send_clients(port(), 1, with_tensors);
    student = next_session();
  }

  // Clients end before whom they ask.
  ~client_behind_grpc() {
    leave();
    school.close(*this);
  }

  client_school school{sys, caf::actor{self}};
  client_actor student;
};

using client_behind_ids = client_behind_grpc<wire::exchange::ipfs>;
using client_behind_tensors = client_behind_grpc<wire::exchange::with_tensors>;

} // namespace

FLWR_CLIENT_SUITE(client_in_this_process, "in this process")
FLWR_CLIENT_SUITE(client_behind_ids, "behind gRPC, by content ids,")
FLWR_CLIENT_SUITE(client_behind_tensors, "behind gRPC, with tensors,")
