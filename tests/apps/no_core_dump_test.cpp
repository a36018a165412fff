#include "apps/no_core_dump.hpp"

#include <catch2/catch.hpp>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace flwr;

namespace {

/// In a process of its own: neither setting can be taken back.
int settings_after() {
  if (!forbid_core_dumps())
    return 1;
  rlimit limit{1, 1};
  if (::getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 || limit.rlim_max != 0)
    return 2;
  return ::prctl(PR_GET_DUMPABLE) == 0 ? 0 : 3;
}

} // namespace

TEST_CASE("a process that forbids core dumps can have none and can't be traced") {
  auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0)
    ::_exit(settings_after());
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
