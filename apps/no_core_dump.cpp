#include "apps/no_core_dump.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace flwr {

expected<void> forbid_core_dumps() {
  // The limit alone does nothing where core_pattern is a pipe, and keeps no tracer out.
  const rlimit none{0, 0};
  if (::prctl(PR_SET_DUMPABLE, 0) != 0 || ::setrlimit(RLIMIT_CORE, &none) != 0)
    return make_error(ec::io, "can't keep keys out of core dumps: "
                                + std::generic_category().message(errno));
  return caf::unit;
}

} // namespace flwr
