#include "actors/chain/address.hpp"
#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/process.hpp"
#include "apps/server_cast.hpp"
#include "apps/server_doors.hpp"
#include "apps/terminal.hpp"

#include <cstdio>
#include <string>
#include <utility>

using namespace flwr;

namespace {

constexpr auto program = "flwr-actor-server";

outlets outlets_of(terminal& screen, bool json, reporter_actor listener) {
  outlets out{.bar = screen.draws(),
              .say = [&](const std::string& line) { screen.say(line); },
              .progress = [&](const std::string& line) { screen.progress(line); },
              .data = {},
              .listener = std::move(listener)};
  if (json)
    out.data = [](const std::string& document) { std::printf("%s\n", document.c_str()); };
  return out;
}

farewell run(const server_options& options, prepared_run ready, server_doors& doors,
             signal_watch& signals) {
  terminal screen{options.progress};
  if (ready.ledger && options.account.empty())
    screen.say("commits are signed with this state directory's development key, "
               + to_text(ready.ledger->account->address())
               + ": fine here, but never put value behind it (--account names another)");
  if (auto port = doors.http_port())
    screen.say("live page: http://" + to_text(endpoint{options.http->host, *port}) + "/");
  caf::actor_system_config cfg;
  caf::actor_system sys{few_threads(cfg)};
  auto last = run_to_its_end(signals, [&](std::function<void(farewell)> last_words) {
    auto out = outlets_of(screen, options.json, doors.listener(sys, options, ready));
    auto all = spawn_server_cast(sys, options, ready, std::move(out));
    let_clients_join(sys, ready, all.rounds);
    auto helpers = doors.let_in(sys, options, ready, all);
    return start_run(sys, all, helpers, std::move(ready.state), std::move(last_words));
  });
  doors.close();
  return last;
}

int main_with(const server_options& options) {
  if (auto forbidden = forbid_core_dumps(); !forbidden)
    return fail(program, forbidden.error());
  allow_many_files();
  auto& signals = *new signal_watch{program}; // Its thread outlives main.
  auto doors = server_doors::open(options);
  if (!doors)
    return fail(program, doors.error());
  auto what = prepare_task(options);
  if (!what)
    return fail(program, what.error());
  auto ready = prepare_run(options, std::move(*what));
  if (!ready)
    return fail(program, ready.error());
  return exit_status(program, run(options, std::move(*ready), *doors, signals), signals);
}

} // namespace

int main(int argc, char** argv) {
  auto parsed = parse_server_options(argc, argv, process_environment());
  if (!parsed)
    return fail(program, parsed.error());
  if (auto* text = std::get_if<text_to_print>(&*parsed)) {
    std::fputs(text->text.c_str(), stdout);
    return static_cast<int>(exit_code::done);
  }
  leave_process(main_with(std::get<server_options>(*parsed)));
}
