#include "actors/http/byte_budget.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace flwr;

namespace {

/// Requests that write down their names when they get their share.
struct budget_fixture {
  void reserve(const std::string& name, uint64_t bytes) {
    budget->reserve(bytes, [=, this](byte_budget::share_ptr share) {
      served.push_back(name);
      shares[name] = std::move(share);
    });
  }

  void grow(const std::string& name, uint64_t more) {
    budget->grow(std::move(shares[name]), more, [=, this](byte_budget::share_ptr share) {
      served.push_back(name + "+");
      shares[name] = std::move(share);
    });
  }

  void end(const std::string& name) { std::exchange(shares[name], nullptr).reset(); }

  std::shared_ptr<byte_budget> budget =
    std::make_shared<byte_budget>(100, [](const std::function<void()>& what) { what(); });
  std::map<std::string, byte_budget::share_ptr> shares;
  std::vector<std::string> served;
};

using names = std::vector<std::string>;

} // namespace

TEST_CASE_METHOD(budget_fixture, "who has no room waits, and the first to come goes first") {
  reserve("a", 60);
  reserve("b", 50);
  reserve("c", 10);
  CHECK(served == names{"a"});
  CHECK(budget->used_bytes() == 60);
  end("a");
  CHECK(served == names{"a", "b", "c"});
  CHECK(budget->used_bytes() == 60);
}

TEST_CASE_METHOD(budget_fixture, "what is larger than the whole budget goes when it is alone") {
  reserve("a", 1);
  reserve("huge", UINT64_MAX - 5);
  reserve("b", 1);
  CHECK(served == names{"a"});
  end("a");
  CHECK(served == names{"a", "huge"});
  end("huge");
  CHECK(served == names{"a", "huge", "b"});
  CHECK(budget->used_bytes() == 1);
}

TEST_CASE_METHOD(budget_fixture, "a share that grows comes before those that have none") {
  reserve("a", 40);
  reserve("b", 40);
  reserve("c", 40);
  grow("a", 20);
  CHECK(served == names{"a", "b", "a+"});
  CHECK(budget->used_bytes() == 100);
  end("a");
  CHECK(served == names{"a", "b", "a+", "c"});
}

TEST_CASE_METHOD(budget_fixture, "of those that can't grow one overdraws, so that it gets on") {
  reserve("a", 50);
  reserve("b", 50);
  grow("a", 30);
  grow("b", 30);
  CHECK(served == names{"a", "b", "a+"});
  grow("a", 1000);
  CHECK(served == names{"a", "b", "a+", "a+"});
  CHECK(budget->used_bytes() == 1130);
  end("a");
  CHECK(served == names{"a", "b", "a+", "a+", "b+"});
  CHECK(budget->used_bytes() == 80);
  grow("b", 40);
  CHECK(budget->used_bytes() == 120);
}

TEST_CASE_METHOD(budget_fixture, "who waits goes when the budget grows") {
  reserve("first", 60);
  reserve("second", 60);
  budget->resize(119);
  CHECK(served == names{"first"});
  budget->resize(120);
  CHECK(served == names{"first", "second"});
}

TEST_CASE_METHOD(budget_fixture, "a share that outlives its budget ends quietly") {
  reserve("a", 50);
  reserve("b", 60);
  budget->clear();
  budget.reset();
  end("a");
  CHECK(served == names{"a"});
}
