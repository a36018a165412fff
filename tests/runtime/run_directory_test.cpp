#include "actors/runtime/run_directory.hpp"

#include "tests/runtime/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>

using namespace flwr;

namespace {

namespace fs = std::filesystem;

bool says(const caf::error& err, const std::string& words) {
  return render(err).find(words) != std::string::npos;
}

std::string contents(const fs::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

fs::perms mode(const fs::path& path) { return fs::status(path).permissions(); }

/// Acts as a user without rights, where the tests run as root.
class without_rights {
public:
  without_rights() : was_(::geteuid()) {
    if (was_ == 0)
      REQUIRE(::seteuid(65534) == 0);
  }
  ~without_rights() {
    if (was_ == 0)
      (void)!::seteuid(was_);
  }

private:
  uid_t was_;
};

} // namespace

TEST_CASE("a state directory is made with all its parents, for its owner only") {
  temporary_directory parent;
  auto root = parent / "a/state";
  auto directory = run_directory::open(root);
  REQUIRE(directory);
  CHECK(directory->root() == root);
  CHECK(mode(root) == fs::perms::owner_all);
  CHECK(mode(directory->blocks()) == fs::perms::owner_all);
  CHECK(contents(root / "flwr-actor-state") == "flwr-actor/state/1\n");
  CHECK(*directory->newest_run() == 0);
}

TEST_CASE("runs are numbered from 1 and stay") {
  temporary_directory parent;
  {
    auto directory = run_directory::open(parent / "state");
    REQUIRE(directory);
    CHECK(directory->create_run()->number == 1);
    auto second = directory->create_run();
    CHECK(second->number == 2);
    CHECK(second->path == parent / "state/runs/2");
    CHECK(mode(second->path) == fs::perms::owner_all);
  }
  auto directory = run_directory::open(parent / "state");
  REQUIRE(directory);
  for (auto name : {"10", "011", "x", "-3", "99999999999999999999"})
    fs::create_directory(parent / "state/runs" / name);
  CHECK(*directory->newest_run() == 10);
  CHECK(directory->create_run()->number == 11);
  CHECK(directory->run(10)->path == parent / "state/runs/10");
}

TEST_CASE("a run that isn't there is refused with the newest number") {
  temporary_directory parent;
  auto directory = run_directory::open(parent / "state");
  REQUIRE(directory);
  CHECK(directory->run(1).error() == ec::usage);
  CHECK(says(directory->run(1).error(), "no run was started"));
  REQUIRE(directory->create_run());
  CHECK(says(directory->run(0).error(), "no run 0; the newest is 1"));
  CHECK(says(directory->run(2).error(), "no run 2; the newest is 1"));
}

TEST_CASE("run numbers end with an error, not with run 0") {
  temporary_directory parent;
  auto directory = run_directory::open(parent / "state");
  REQUIRE(directory);
  fs::create_directory(parent / "state/runs/18446744073709551615");
  CHECK(directory->create_run().error() == ec::usage);
  CHECK_FALSE(fs::exists(parent / "state/runs/0"));
}

TEST_CASE("a second server is kept out and told who holds the directory") {
  temporary_directory parent;
  {
    auto first = run_directory::open(parent / "state");
    REQUIRE(first);
    auto moved = std::move(*first);
    auto second = run_directory::open(parent / "state");
    REQUIRE(!second);
    CHECK(second.error() == ec::usage);
    CHECK(says(second.error(), (parent / "state").string()));
    CHECK(says(second.error(), "process " + std::to_string(::getpid())));
  }
  CHECK(run_directory::open(parent / "state"));
}

TEST_CASE("a reader needs no lock and writes nothing") {
  temporary_directory parent;
  auto server = run_directory::open(parent / "state");
  REQUIRE(server);
  REQUIRE(server->create_run());
  auto reader = run_directory::open_read_only(parent / "state");
  REQUIRE(reader);
  CHECK(*reader->newest_run() == 1);
  CHECK(run_directory::open_read_only(parent / "none").error() == ec::usage);
  CHECK_FALSE(fs::exists(parent / "none"));
  CHECK(run_directory::open_read_only(parent.path()).error() == ec::usage);
}

TEST_CASE("a directory that can't serve is refused untouched") {
  temporary_directory parent;
  auto root = parent / "state";
  SECTION("a file") {
    std::ofstream{root} << "x";
    CHECK(says(run_directory::open(root).error(), "isn't a directory"));
    CHECK(contents(root) == "x");
    CHECK(run_directory::open(root / "below").error() == ec::usage);
  }
  SECTION("somebody else's") {
    fs::create_directory(root);
    std::ofstream{root / "thesis.tex"} << "x";
    CHECK(says(run_directory::open(root).error(), "isn't empty and isn't ours"));
    CHECK(run_directory::open_read_only(root).error() == ec::usage);
    CHECK_FALSE(fs::exists(root / "lock"));
  }
  SECTION("of another version") {
    fs::create_directory(root);
    std::ofstream{root / "flwr-actor-state"} << "flwr-actor/state/2\n";
    CHECK(says(run_directory::open(root).error(),
               "another version of flwr-actor (flwr-actor/state/2)"));
  }
  SECTION("with a strange marker") {
    fs::create_directory(root);
    std::ofstream{root / "flwr-actor-state"} << "hello";
    CHECK(says(run_directory::open(root).error(), "isn't ours"));
  }
  CHECK(run_directory::open(root).error() == ec::usage);
}

TEST_CASE("a directory without the rights to it is refused") {
  temporary_directory parent;
  REQUIRE(run_directory::open(parent / "state"));
  fs::permissions(parent.path(), fs::perms{0755});
  fs::permissions(parent / "state", fs::perms{0});
  {
    without_rights guard;
    CHECK(run_directory::open(parent / "state").error() == ec::usage);
    CHECK(run_directory::open_read_only(parent / "state").error() == ec::usage);
    CHECK(says(run_directory::open(parent / "state").error(), "Permission denied"));
    if (::getuid() == 0)
      CHECK(says(run_directory::open(parent / "other").error(), "Permission denied"));
  }
  fs::permissions(parent / "state", fs::perms::owner_all);
}

TEST_CASE("a start that was cut short doesn't spoil the directory") {
  temporary_directory parent;
  auto root = parent / "state";
  fs::create_directory(root);
  std::ofstream{root / "lock"} << "";
  std::ofstream{root / "flwr-actor-state.new"} << "flwr-a";
  SECTION("before the marker") {}
  SECTION("after the marker") {
    std::ofstream{root / "flwr-actor-state"} << "flwr-actor/state/1\n";
  }
  auto directory = run_directory::open(root);
  REQUIRE(directory);
  CHECK(directory->create_run()->number == 1);
}

TEST_CASE("a reader sees whether a server is at work, and never keeps one out") {
  temporary_directory parent;
  auto root = parent / "state";
  auto opened = run_directory::open(root);
  std::optional<run_directory> server{std::move(*opened)};
  auto reader = run_directory::open_read_only(root);
  REQUIRE(reader);
  CHECK(reader->in_use());
  server.reset();
  CHECK_FALSE(reader->in_use());
  CHECK(run_directory::open(root));
}
