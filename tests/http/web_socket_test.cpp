#include "actors/http/http_server.hpp"
#include "tests/http/serving.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;

namespace {

namespace websocket = boost::beast::websocket;
using boost::asio::ip::tcp;

using text_ptr = std::shared_ptr<const std::string>;

text_ptr text(std::string what) { return std::make_shared<const std::string>(std::move(what)); }

/// A server with a WebSocket at /ws, the far ends of which the test holds.
struct socket_serving {
  explicit socket_serving(http_server_config cfg = {}, uint64_t max_text_bytes = 1000) {
    http_route route{.path = "/ws",
                     .methods = {"GET"},
                     .content_type = {},
                     .max_body_bytes = 0,
                     .serve = {},
                     .upgrade = [this](web_socket_ptr socket) { return open(std::move(socket)); },
                     .max_text_bytes = max_text_bytes};
    cfg.routes = {std::move(route)};
    auto made = http_server::listen(std::move(cfg));
    REQUIRE(made);
    server = std::move(*made);
  }

  web_socket_listener open(web_socket_ptr socket) {
    opened.put(socket);
    return {.on_text = [this](text_ptr what) { texts.put(std::move(what)); },
            .on_close = [this, socket] { closed.put(socket); }};
  }

  /// What a peer says and the test holds.
  std::vector<text_ptr> take(size_t count) {
    std::vector<text_ptr> taken;
    while (taken.size() < count)
      taken.push_back(texts.take());
    return taken;
  }

  mailbox<web_socket_ptr> opened;
  mailbox<text_ptr> texts; ///< Those that nobody took yet are held, too.
  mailbox<web_socket_ptr> closed;
  std::optional<http_server> server;
};

/// A WebSocket's client, blocking.
struct socket_client {
  explicit socket_client(const socket_serving& at) : port(at.server->port()) {
    stream.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
    stream.handshake("localhost:" + std::to_string(port), "/ws");
  }

  void send(const std::string& what) { stream.write(boost::asio::buffer(what)); }

  std::string read() {
    boost::beast::flat_buffer buffer;
    stream.read(buffer);
    return boost::beast::buffers_to_string(buffer.data());
  }

  /// Reads until the end; why the server ended it.
  websocket::close_code read_to_end() {
    boost::beast::flat_buffer buffer;
    boost::beast::error_code failed;
    while (!failed) {
      stream.read(buffer, failed);
      buffer.clear();
    }
    return static_cast<websocket::close_code>(stream.reason().code);
  }

  uint16_t port;
  boost::asio::io_context io;
  websocket::stream<tcp::socket> stream{io};
};

/// Whether the server still has this WebSocket when it has dealt with the text, as it has when it
/// has dealt with somebody who came and went later.
bool is_alive_after(socket_serving& here, const web_socket_ptr& socket, const text_ptr& what) {
  socket->send(what);
  { socket_client probe{here}; }
  auto probed = here.opened.take();
  bool is_alive = true;
  for (web_socket_ptr gone; gone != probed; is_alive = is_alive && gone != socket)
    gone = here.closed.take();
  return is_alive;
}

std::string handshake(const std::vector<std::string>& more = {}) {
  std::vector<std::string> lines{"Upgrade: websocket", "Connection: Upgrade",
                                 "Sec-WebSocket-Version: 13",
                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="};
  lines.insert(lines.end(), more.begin(), more.end());
  return request("GET /ws HTTP/1.1", lines);
}

} // namespace

TEST_CASE_METHOD(socket_serving, "texts go both ways, in order") {
  socket_client client{*this};
  auto socket = opened.take();
  client.send("one");
  client.send("");
  client.send(std::string(1000, 'x'));
  CHECK(*texts.take() == "one");
  CHECK(texts.take()->empty());
  CHECK(*texts.take() == std::string(1000, 'x'));
  CHECK(socket->queued_bytes() == 0);
  for (int i = 0; i < 100; ++i)
    socket->send(text("text " + std::to_string(i)));
  for (int i = 0; i < 100; ++i)
    REQUIRE(client.read() == "text " + std::to_string(i));
  client.send("all of it");
  CHECK(*texts.take() == "all of it");
  CHECK(socket->queued_bytes() == 0);
  CHECK(client.stream.got_text());
}

// RFC 6455, section 1.3.
TEST_CASE_METHOD(socket_serving, "the handshake is the one of the standard's example") {
  raw_peer peer{server->port()};
  peer.send(handshake({"Origin: http://localhost"}));
  auto answer = peer.read_message();
  CHECK(answer.status() == 101);
  CHECK(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE_METHOD(socket_serving, "foreign pages and names get no WebSocket") {
  struct {
    unsigned status;
    std::string text;
  } cases[] = {
    {403, handshake({"Origin: http://evil.example"})},
    {403, handshake({"Origin: null"})},
    {403, "GET /ws HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
    {404, request("GET /other HTTP/1.1", {"Upgrade: websocket", "Connection: Upgrade"})},
    {426, request("GET /ws HTTP/1.1")},
    {426, request("POST /ws HTTP/1.1")},
    {400, request("GET /ws HTTP/1.1", {"Upgrade: websocket", "Connection: Upgrade"})},
    {400, handshake({"Content-Length: 4"}) + "body"},
    {400, handshake() + "\x81\x80"},
  };
  for (auto& each : cases) {
    INFO(each.text);
    raw_peer peer{server->port()};
    peer.send(each.text);
    CHECK(peer.read_message().status() == each.status);
  }
  CHECK(opened.size() == 0);
}

TEST_CASE_METHOD(socket_serving, "a message that says it is binary is as good as a text") {
  socket_client client{*this};
  client.stream.binary(true);
  client.send("{}");
  client.send("\xff");
  CHECK(*texts.take() == "{}");
  CHECK(*texts.take() == "\xff");
  opened.take()->send(text("an answer"));
  CHECK(client.read() == "an answer");
  CHECK(client.stream.got_text());
}

TEST_CASE_METHOD(socket_serving, "what is too long, or no text, ends a WebSocket with the reason") {
  socket_client longer{*this};
  longer.send(std::string(1001, 'x'));
  CHECK(longer.read_to_end() == websocket::close_code::too_big);
  closed.take();
  socket_client broken{*this};
  broken.send("\xff\xff");
  CHECK(broken.read_to_end() == websocket::close_code::bad_payload);
  closed.take();
  CHECK(texts.size() == 0);
}

TEST_CASE_METHOD(socket_serving,
                 "either side may end a WebSocket, and its listener hears it once") {
  socket_client client{*this};
  auto socket = opened.take();
  SECTION("we") {
    socket->send(text("last words"));
    socket->close();
    CHECK(client.read() == "last words");
    CHECK(client.read_to_end() == websocket::close_code::normal);
  }
  SECTION("the client") { client.stream.close(websocket::close_code::going_away); }
  SECTION("the client, without a word") { client.stream.next_layer().close(); }
  closed.take();
  socket->send(text("nobody hears this"));
  socket->close();
  socket_client next{*this};
  opened.take()->send(text("hello"));
  CHECK(next.read() == "hello");
  CHECK(closed.size() == 0);
}

TEST_CASE_METHOD(socket_serving, "a peer that doesn't read loses its WebSocket, and soon") {
  socket_client client{*this};
  auto socket = opened.take();
  auto large = text(std::string(1 << 20, 'x'));
  size_t sent = 1;
  while (sent < 1000 && is_alive_after(*this, socket, large))
    ++sent;
  CHECK(sent < 1000);
}

http_server_config with_text_bytes(uint64_t bytes) {
  http_server_config cfg;
  cfg.text_bytes = bytes;
  return cfg;
}

TEST_CASE(
  "what all WebSockets haven't taken has a bound, and whoever has most to take pays for it") {
  socket_serving here{with_text_bytes(100'000)};
  socket_client reader{here};
  auto read = here.opened.take();
  socket_client hoarder{here};
  auto hoarded = here.opened.take();
  auto large = text(std::string(64 << 10, 'x'));
  while (is_alive_after(here, hoarded, large))
    CHECK(hoarded->queued_bytes() < 200'000);
  CHECK(hoarded->queued_bytes() == 0);
  read->send(text("hello"));
  CHECK(reader.read() == "hello");
}

TEST_CASE("what has come from all WebSockets has a bound, beyond which none is read") {
  socket_serving here{with_text_bytes(1000)};
  socket_client one{here}, other{here};
  one.send(std::string(600, 'a'));
  one.send(std::string(600, 'b'));
  auto held = here.take(2);
  other.send("x"); // For which the server waits already.
  other.send("y");
  CHECK(*here.texts.take() == "x");
  socket_client probe{here};
  CHECK(here.texts.size() == 0);
  held.clear();
  CHECK(*here.texts.take() == "y");
}

TEST_CASE_METHOD(socket_serving, "a peer is read on as its texts are done with, and loses none") {
  socket_client client{*this}, other{*this};
  for (int i = 0; i < 30; ++i)
    client.send(std::to_string(i));
  auto held = take(8);
  for (int i = 0; i < 30; ++i) { // Others aren't kept waiting.
    other.send("between");
    REQUIRE(*texts.take() == "between");
  }
  held.front().reset();
  CHECK(*texts.take() == "8"); // It is dropped, and so the next one comes.
  CHECK(*texts.take() == "9");
  held.clear();
  for (int i = 10; i < 30; ++i)
    REQUIRE(*texts.take() == std::to_string(i));
}

TEST_CASE("a peer whose texts are large is read on when few are held") {
  socket_serving here{{}, 1 << 20};
  socket_client client{here}, other{here};
  for (auto& what : {std::string(600'000, 'a'), std::string(600'000, 'b'), std::string{"c"}})
    client.send(what);
  auto held = here.take(2);
  for (int i = 0; i < 30; ++i) {
    other.send("between");
    REQUIRE(*here.texts.take() == "between");
  }
  held.pop_back();
  CHECK(*here.texts.take() == "c");
}

TEST_CASE_METHOD(socket_serving, "a WebSocket that isn't read ends all the same") {
  socket_client client{*this};
  auto socket = opened.take();
  for (int i = 0; i < 9; ++i)
    client.send("text");
  auto held = take(8);
  SECTION("we end it") {
    socket->close();
    CHECK(client.read_to_end() == websocket::close_code::normal);
  }
  SECTION("the server ends") { server.reset(); }
  SECTION("the client does, and is heard when it is read on") {
    client.stream.next_layer().close();
    held.clear();
  }
  closed.take();
}

TEST_CASE("a silent peer loses its WebSocket, one that answers pings doesn't") {
  http_server_config cfg;
  cfg.idle_patience = 200ms;
  socket_serving here{std::move(cfg)};
  SECTION("silent") {
    raw_peer peer{here.server->port()};
    peer.send(handshake());
    CHECK(peer.read_message().status() == 101);
    CHECK(peer.read(2) == std::string("\x89\x00", 2)); // A ping.
    here.closed.take();
    peer.read_all();
  }
  SECTION("alive") {
    socket_client client{here};
    auto socket = here.opened.take();
    int pings = 0;
    client.stream.control_callback([&](websocket::frame_type kind, auto) {
      if (kind == websocket::frame_type::ping && ++pings == 5)
        socket->send(text("still here"));
    });
    CHECK(client.read() == "still here");
    CHECK(here.closed.size() == 0);
  }
}

TEST_CASE_METHOD(socket_serving, "a server's end ends its WebSockets") {
  socket_client client{*this};
  auto socket = opened.take();
  server.reset();
  closed.take();
  client.read_to_end();
  socket->send(text("too late"));
  socket->close();
}
