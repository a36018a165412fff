#include "actors/http/http_server.hpp"
#include "tests/http/serving.hpp"

using namespace flwr;
using namespace flwr::test;

TEST_CASE_METHOD(serving, "a request is refused by its header, its body unread and uninvited") {
  auto peer = dial();
  peer.send(request("POST /guarded?by=whom HTTP/1.1",
                    {"Content-Length: 1000000", "Expect: 100-continue", "X-Thing: one"}));
  auto which = asked.take();
  CHECK(which->request().path == "/guarded");
  CHECK(which->request().query == http_fields{{"by", "whom"}});
  CHECK(value_of(which->request().fields, "x-thing") == "one");
  CHECK(which->from_loopback());
  which->decide(text_response(403, "not you"));
  which->decide(std::nullopt); // The first decision counts.
  auto answer = peer.read_message();
  CHECK(answer.status() == 403);
  CHECK(answer.body == "not you");
  CHECK(peer.is_closed());
}

TEST_CASE_METHOD(serving, "a request that may come is invited, and the next one is judged anew") {
  auto peer = dial();
  for (int i = 0; i < 2; ++i) {
    peer.send(request("POST /guarded HTTP/1.1", {"Content-Length: 4", "Expect: 100-continue"}));
    asked.take()->decide(std::nullopt);
    CHECK(peer.read_message().status() == 100);
    peer.send("body");
    CHECK(peer.read_message().body == "body");
  }
  peer.send(post("/guarded", ""));
  asked.take()->decide(text_response(403, "not now"));
  CHECK(peer.read_message().body == "not now");
  peer.send(post("/echo", "goes on")); // Nothing was left unread.
  CHECK(peer.read_message().body == "goes on");
}

TEST_CASE_METHOD(serving, "a request that nobody judges is answered 503") {
  auto peer = dial();
  peer.send(post("/guarded", "body"));
  asked.take().reset();
  CHECK(peer.read_message().status() == 503);
  CHECK(peer.is_closed());
}

TEST_CASE_METHOD(serving,
                 "a decision that comes after the peer or the server has gone is no matter") {
  auto gone = dial(), here = dial();
  gone.send(post("/guarded", "body"));
  auto first = asked.take();
  gone.close();
  first->decide(std::nullopt);
  CHECK(ask(request("GET /hello HTTP/1.1")).status() == 200);
  here.send(post("/guarded", "body"));
  auto second = asked.take();
  server.reset();
  CHECK(here.is_closed());
  second->decide(std::nullopt);
}
