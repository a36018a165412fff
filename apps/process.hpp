/// What our two long-running programs do alike.
#pragma once

#include "actors/supervisor.hpp"
#include "apps/options.hpp"
#include "apps/signal_watch.hpp"

#include <functional>
#include <future>

namespace flwr {

/// Two threads for all actors that don't block: idle ones must not poll, since trainers train.
caf::actor_system_config& few_threads(caf::actor_system_config&);

/// As many open files as the system allows: each connection is one.
void allow_many_files();

/// Starts a cast by `start`, which is given whom to call at the end, and waits for that end. A cast
/// that doesn't end takes the process with it.
farewell
run_to_its_end(signal_watch&,
               const std::function<supervisor_actor(std::function<void(farewell)>)>& start);

/// Ends the process once all of the cast has gone, without the end of static objects: gRPC's own
/// threads outlive every channel and server, and would meet them half destroyed.
[[noreturn]] void leave_process(int status);

/// The number to leave the process with.
int exit_status(std::string_view program, const farewell&, const signal_watch&);

} // namespace flwr
