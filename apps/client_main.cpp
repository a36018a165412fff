#include "apps/client_folders.hpp"
#include "apps/client_process.hpp"
#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/process.hpp"
#include "apps/standard_streams.hpp"
#include "apps/task.hpp"
#include "apps/terminal.hpp"

using namespace flwr;

namespace {

constexpr auto program = "flwr-actor-client";

farewell run(const client_options& options, std::vector<client_folder> folders,
             signal_watch& signals) {
  terminal screen{options.progress};
  client_outlets out{.bar = screen.draws(),
                     .say = [&](const std::string& line) { screen.say(line); },
                     .progress = [&](const std::string& line) { screen.progress(line); }};
  caf::actor_system_config cfg;
  caf::actor_system sys{few_threads(cfg)};
  return run_to_its_end(signals, [&](std::function<void(farewell)> last_words) {
    return start_clients(sys, options, std::move(folders), out, std::move(last_words));
  });
}

/// A server that refuses a client is a matter of connection and authentication.
int status_of(const farewell& last, const signal_watch& signals) {
  auto& why = last.outcome.why;
  if (!signals.caught() && why && code_of(why) == ec::rejected) {
    fail(program, why);
    return static_cast<int>(exit_code::connection);
  }
  return exit_status(program, last, signals);
}

int main_with(const client_options& options) {
  if (auto forbidden = forbid_core_dumps(); !forbidden)
    return fail(program, forbidden.error());
  allow_many_files();
  if (auto there = check_places(options); !there)
    return fail(program, there.error());
  auto& signals = *new signal_watch{program}; // Its thread outlives main.
  auto folders = open_client_folders(options.state_dir, client_id{options.first_client},
                                     client_id{options.last_client});
  if (!folders)
    return fail(program, folders.error());
  return status_of(run(options, std::move(*folders), signals), signals);
}

} // namespace

int main(int argc, char** argv) {
  secure_standard_streams();
  auto parsed = parse_client_options(argc, argv, process_environment());
  if (!parsed)
    return fail(program, parsed.error());
  if (auto* text = std::get_if<text_to_print>(&*parsed))
    return exit_status(program, print(text->text));
  for (auto& line : strange_variables())
    warn(program, line);
  leave_process(main_with(std::get<client_options>(*parsed)));
}
