#include "actors/net/flower_server.hpp"

#include "actors/net/tensors.hpp"
#include "tests/net/flower_server_fixture.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/net/raw_socket.hpp"

#include <grpcpp/generic/generic_stub.h>

#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

constexpr auto ours = "flwr-actor/test";

uint64_t resident_bytes() {
  uint64_t all = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

/// The most memory that this process has had since the last `forget_peak`.
uint64_t peak_bytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:"))
      return std::stoull(line.substr(6)) << 10;
  return 0;
}

void forget_peak() { std::ofstream{"/proc/self/clear_refs"} << 5; }

/// A Join call whose one message is long, though it takes little memory here: it is the same bytes
/// over and over.
class long_talk {
public:
  explicit long_talk(const channel_ptr& channel) : stub_(channel) {
    context_.set_wait_for_ready(true);
    context_.set_deadline(std::chrono::system_clock::now() + 30s);
    call_ = stub_.PrepareCall(&context_, "/flwr.proto.FlowerService/Join", &queue_);
    call_->StartCall(nullptr);
    wait();
  }

  ~long_talk() { queue_.Shutdown(); }

  void begin(uint64_t bytes) {
    grpc::Slice part{std::string(part_bytes, '\0')};
    std::vector<grpc::Slice> parts(bytes / part_bytes, part);
    message_ = grpc::ByteBuffer{parts.data(), parts.size()};
    call_->Write(message_, nullptr);
  }

  grpc::StatusCode end() {
    wait();
    grpc::Status status;
    call_->Finish(&status, nullptr);
    wait();
    return status.error_code();
  }

  /// Whether the server stops it for want of memory. The end of the then idle connection may be
  /// heard first.
  bool is_cut_short() {
    auto code = end();
    return code == grpc::StatusCode::RESOURCE_EXHAUSTED || code == grpc::StatusCode::UNAVAILABLE;
  }

private:
  static constexpr uint64_t part_bytes = 1 << 20;

  void wait() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::ByteBuffer message_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

proto::ClientMessage plain_answer() {
  proto::ClientMessage msg;
  auto& res = *msg.mutable_fit_res();
  res.mutable_status()->set_code(proto::OK);
  res.set_num_examples(10);
  REQUIRE(wire::append_tensors(*some_model(7).tensors, *res.mutable_parameters()));
  return msg;
}

struct flower_server_test : flower_server_fixture {
  /// A plain client comes, is asked to fit, and answers.
  void serve_an_honest_client() {
    raw_client honest{channel_to(port())};
    auto request = begin_fit(next_session(), 1);
    CHECK(honest.read().has_fit_ins());
    CHECK(honest.write(plain_answer()));
    auto outcome = outcome_of(std::move(request));
    REQUIRE(outcome);
    CHECK(outcome->num_examples == 10);
  }
};

} // namespace

// -- calls ---------------------------------------------------------------------------------------

TEST_CASE_METHOD(flower_server_test, "plain Flower clients are served over a real connection") {
  listen();
  serve_an_honest_client();
  CHECK(server->longest_callback()().count() > 0);
}

TEST_CASE_METHOD(flower_server_test, "clients of ours are known by their user agent, and greeted") {
  listen();
  raw_client client{channel_to(port(), ours)};
  client.prove(client_id{5});
  CHECK(next_newcomer().first == client_id{5});
}

TEST_CASE_METHOD(flower_server_test, "a client that is refused reads why before the call ends") {
  listen();
  raw_client client{channel_to(port(), ours)};
  client.read();
  CHECK(client.write(wire::proof_to_proto({})));
  CHECK(wire::refusal_in(client.read()) == "not the key's proof");
  CHECK(client.finish().error_code() == grpc::StatusCode::PERMISSION_DENIED);
}

TEST_CASE_METHOD(flower_server_test, "a client that cancels ends its own session only") {
  listen();
  raw_client steady{channel_to(port())};
  auto steady_request = begin_fit(next_session(), 1);
  raw_client leaver{channel_to(port())};
  auto leaver_request = begin_fit(next_session(), 1);
  CHECK(leaver.read().has_fit_ins());
  leaver.cancel();
  CHECK(outcome_of(std::move(leaver_request)) == ec::unreachable);

  CHECK(steady.read().has_fit_ins());
  CHECK(steady.write(plain_answer()));
  CHECK(outcome_of(std::move(steady_request)));
}

TEST_CASE_METHOD(flower_server_test, "a client that only says that it is done is gone, too") {
  listen();
  raw_client client{channel_to(port())};
  auto request = begin_fit(next_session(), 1);
  CHECK(client.read().has_fit_ins());
  CHECK(client.done());
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
  CHECK(client.finish().ok());
}

TEST_CASE_METHOD(flower_server_test, "what a session has said arrives before the call ends") {
  listen();
  raw_client client{channel_to(port(), ours)};
  client.prove(client_id{5});
  auto session = next_session();
  fit_ins ins{};
  ins.round = 1;
  ins.config["notes"] = std::string(16 << 20, 'x'); // Leaves only when the client reads.
  auto request = self->request(session, patience, atom::fit_v, ins);
  self->send_exit(session, caf::exit_reason::user_shutdown);
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
  CHECK(client.read().has_fit_ins());
  CHECK(client.read().has_reconnect_ins());
  CHECK(client.finish().ok());
}

TEST_CASE_METHOD(flower_server_test, "until there are sessions clients hear: come again") {
  flower_server_config cfg;
  cfg.open = [](const join_stream_ptr&, bool) { return join_session_actor{}; };
  auto closed = flower_server::listen(cfg);
  REQUIRE(closed);
  raw_client client{channel_to(closed->port())};
  CHECK(client.finish().error_code() == grpc::StatusCode::UNAVAILABLE);
}

TEST_CASE_METHOD(flower_server_test, "a server that ends cancels the calls that don't") {
  listen();
  raw_client client{channel_to(port())};
  auto request = begin_fit(next_session(), 1);
  server.reset();
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
  client.read();
  client.read();
  CHECK_FALSE(client.finish().ok());
}

// -- addresses -----------------------------------------------------------------------------------

TEST_CASE_METHOD(flower_server_test, "an address that can't be listened on is said to the user") {
  listen();
  flower_server_config cfg;
  SECTION("in use") { cfg.port = port(); }
  SECTION("another's") { cfg.host = "192.0.2.1"; }
  SECTION("no address") { cfg.host = "no such host"; }
  auto second = flower_server::listen(cfg);
  REQUIRE_FALSE(second);
  CHECK(second.error() == ec::usage);
  CHECK_THAT(render(second.error()), Contains(cfg.host + ":" + std::to_string(cfg.port)));
}

// -- hostile peers -------------------------------------------------------------------------------

TEST_CASE_METHOD(flower_server_test, "who doesn't speak HTTP/2 is closed, and harms nobody") {
  listen();
  std::vector<raw_socket> peers;
  for (std::string_view words :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "\xde\xad\xbe\xef\x5e\x1f\xd1\x5c\x05\x7e\xa5", "PRI * HTTP/2.0\r\n\r\nSM", "P", ""})
    peers.emplace_back(port()).send(words);
  serve_an_honest_client();
  for (auto& peer : peers)
    CHECK(peer.is_closed_by_peer());
  serve_an_honest_client();
}

TEST_CASE_METHOD(flower_server_test, "who answers no pings is dropped, and harms nobody") {
  flower_server_config cfg;
  cfg.keepalive_time = 100ms;
  cfg.keepalive_timeout = 100ms;
  listen(std::move(cfg));
  raw_socket without_a_call{port()}, in_a_call{port()};
  without_a_call.send(http2_preface());
  in_a_call.send(join_call());
  auto request = begin_fit(next_session(), 1);
  CHECK(without_a_call.is_closed_by_peer());
  CHECK(in_a_call.is_closed_by_peer());
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
  serve_an_honest_client();
}

TEST_CASE_METHOD(flower_server_test, "a message that only claims to be large takes no memory") {
  listen();
  raw_socket peer{port()};
  peer.send(join_call());
  auto request = begin_fit(next_session(), 1);
  auto before = resident_bytes();
  peer.send(first_byte_of(0x7fffffff));
  serve_an_honest_client(); // While the other one is in mid-message.
  CHECK(resident_bytes() < before + (64 << 20));
  { raw_socket gone = std::move(peer); }
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
}

TEST_CASE_METHOD(flower_server_test, "compressed messages, which may be bombs, are refused") {
  listen();
  grpc_compression_algorithm how = GENERATE(GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE);
  raw_client client{channel_to(port()), how};
  proto::ClientMessage msg;
  msg.mutable_fit_res()->mutable_parameters()->add_tensors(std::string(1 << 20, '\0'));
  client.write(msg);
  CHECK(client.finish().error_code() == grpc::StatusCode::UNIMPLEMENTED);
}

TEST_CASE_METHOD(flower_server_test, "a flood of connections is cut at the limit, and passes") {
  constexpr size_t flood = 200, most = 40;
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  flower_server_config cfg;
  cfg.spare_files = limit.rlim_cur - static_cast<uint64_t>(next_descriptor()) - most;
  listen(std::move(cfg));
  serve_an_honest_client();
  {
    std::vector<raw_socket> peers;
    for (size_t i = 0; i < flood; ++i)
      peers.emplace_back(port()).send(http2_preface());
    CHECK(peers.back().is_closed_by_peer()); // As HTTP/2 it would stay open.
  }
  serve_an_honest_client();
}

TEST_CASE_METHOD(flower_server_test, "a process that was out of descriptors accepts again") {
  flower_server_config cfg;
  cfg.spare_files = 0;
  listen(std::move(cfg));
  serve_an_honest_client();
  std::optional<std::vector<raw_socket>> peers{std::in_place, 60};
  {
    file_limit few{static_cast<uint64_t>(next_descriptor()) + 10};
    for (auto& peer : *peers)
      peer.connect(port());
    auto deadline = std::chrono::steady_clock::now() + patience;
    while (next_descriptor() >= 0 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    CHECK(next_descriptor() < 0);
    peers.reset();
    serve_an_honest_client();
  }
}

TEST_CASE_METHOD(flower_server_test, "a thousand calls that never answer leave room for others") {
  listen();
  auto before = resident_bytes();
  auto channel = channel_to(port(), ours);
  std::vector<std::unique_ptr<raw_client>> silent;
  for (int i = 0; i < 1'000; ++i) {
    silent.push_back(std::make_unique<raw_client>(channel));
    REQUIRE(silent.back()->read().has_get_properties_ins());
  }
  CHECK(resident_bytes() < before + (256 << 20));
  serve_an_honest_client();
  raw_client one_more{channel};
  one_more.prove(client_id{5});
  CHECK(next_newcomer().first == client_id{5});
}

TEST_CASE_METHOD(flower_server_test,
                 "long messages take no more memory than they may, all together") {
  constexpr uint64_t talkers = 8, length = 128 << 20;
  listen();
  server->set_memory(16 << 20);
  std::vector<std::unique_ptr<long_talk>> talks;
  for (uint64_t i = 0; i < talkers; ++i) {
    talks.push_back(std::make_unique<long_talk>(channel_to(port())));
    next_session();
  }
  forget_peak();
  auto before = peak_bytes();
  for (auto& talk : talks)
    talk->begin(length);
  for (auto& talk : talks)
    CHECK(talk->is_cut_short());
  CHECK(peak_bytes() < before + talkers * length / 2);
  serve_an_honest_client();
}

TEST_CASE_METHOD(flower_server_test, "the memory for messages may grow while the server runs") {
  constexpr uint64_t length = 64 << 20;
  listen();
  server->set_memory(16 << 20);
  long_talk too_long{channel_to(port())};
  too_long.begin(length);
  CHECK(too_long.is_cut_short());
  server->set_memory(256 << 20);
  long_talk heard{channel_to(port())};
  heard.begin(length); // It is junk, and that is found out only when it is there as a whole.
  CHECK(heard.end() == grpc::StatusCode::INVALID_ARGUMENT);
}
