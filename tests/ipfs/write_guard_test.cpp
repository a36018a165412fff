#include "actors/ipfs/write_guard.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("a stranger from another machine may write nothing") {
  write_guard guard{{1000, 1000}};
  guard.admit("secret", client_id{3});
  CHECK(code_of(guard.who("", false).error()) == ec::rejected);
  CHECK(code_of(guard.who("Basic c2VjcmV0", false).error()) == ec::rejected);
  CHECK(code_of(guard.who("Bearer guessed", false).error()) == ec::rejected);
  CHECK(*guard.who("Bearer secret", false) == writer{client_id{3}});
}

TEST_CASE("this machine may write without a token, but not with a wrong one") {
  write_guard guard{{1000, 1000}};
  guard.admit("secret", client_id{3});
  CHECK(*guard.who("", true) == writer{});
  CHECK(*guard.who("Bearer secret", true) == writer{client_id{3}});
  CHECK(code_of(guard.who("Bearer guessed", true).error()) == ec::rejected);
}

TEST_CASE("each has a quota of his own, for a round") {
  write_guard guard{{1000, 500}};
  writer one{client_id{1}}, two{client_id{2}};
  CHECK(guard.take(one, 1000));
  CHECK(code_of(guard.take(one, 1).error()) == ec::no_space);
  CHECK(guard.take(two, 1000));
  CHECK(guard.take({}, 500));
  CHECK(code_of(guard.take({}, ~uint64_t{0}).error()) == ec::no_space);
  guard.renew();
  CHECK(guard.take(one, 1000));
}

TEST_CASE("who wrote most is told") {
  write_guard guard{{64 << 20, 64 << 20}};
  CHECK(guard.take({}, 2 << 20));
  CHECK(guard.heaviest_writer() == "somebody on this machine has written 2 MiB in this round");
  CHECK(guard.take(client_id{7}, 5 << 20));
  CHECK(guard.take(client_id{8}, 3 << 20));
  CHECK(guard.heaviest_writer() == "client 7 has written 5 MiB in this round");
}
