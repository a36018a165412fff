#include "actors/chain/address.hpp"
#include "apps/error_json.hpp"
#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/process.hpp"
#include "apps/server_cast.hpp"
#include "apps/server_doors.hpp"
#include "apps/standard_streams.hpp"
#include "apps/terminal.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

using namespace flwr;

namespace {

constexpr auto program = "flwr-actor-server";

outlets outlets_of(terminal& screen, reporter_actor listener, std::function<void(uint64_t)> begin) {
  return {.bar = screen.draws(),
          .say = [&](const std::string& line) { screen.say(line); },
          .progress = [&](const std::string& line) { screen.progress(line); },
          .data = {},
          .listener = std::move(listener),
          .begin = std::move(begin)};
}

void introduce(terminal& screen, const server_options& options, const prepared_run& run,
               const server_doors& doors) {
  if (run.ledger && options.account.empty())
    screen.say("commits are signed with this state directory's development key, "
               + to_text(run.ledger->account->address())
               + ": fine here, but never put value behind it (--account names another)");
  if (run.ledger)
    screen.say("contract: " + to_text(run.ledger->contract));
  if (auto port = doors.join_port())
    screen.say("clients join at " + to_text(endpoint{options.listen.host, *port}));
  if (auto port = doors.http_port())
    screen.say("live page: http://" + to_text(endpoint{options.http->host, *port}) + "/");
}

/// The one document on stdout. The reporter's thread prints it while this one waits for the end.
class json_outlet {
public:
  void put(const std::string& document) {
    std::lock_guard lock{mutex_};
    printed_ = print(document + "\n");
  }

  /// A run that came to no document has an error. @returns  Whether it could be printed.
  expected<void> finish(const caf::error& why) {
    std::lock_guard lock{mutex_};
    return printed_ ? *printed_ : print(json_of(why) + "\n");
  }

private:
  std::mutex mutex_;
  std::optional<expected<void>> printed_;
};

farewell run(const server_options& options, prepared_run ready, server_doors& doors,
             signal_watch& signals) {
  terminal screen{options.progress};
  introduce(screen, options, ready, doors);
  json_outlet document;
  caf::actor_system_config cfg;
  caf::actor_system sys{few_threads(cfg)};
  auto last = run_to_its_end(signals, [&](std::function<void(farewell)> last_words) {
    auto out = outlets_of(screen, doors.listener(sys, options, ready), doors.round_bell());
    if (options.json)
      out.data = [&](const std::string& text) { document.put(text); };
    auto all = spawn_server_cast(sys, options, ready, std::move(out));
    let_clients_join(sys, ready, all.rounds);
    auto helpers = doors.let_in(sys, options, ready, all);
    return start_run(sys, all, helpers, std::move(ready.state), std::move(last_words));
  });
  doors.close();
  if (!options.json)
    return last;
  if (auto printed = document.finish(last.outcome.why); !printed && !last.outcome.why)
    last.outcome.why = printed.error();
  return last;
}

/// Who reads JSON reads of errors, too.
int fail_with(bool json, const caf::error& why) {
  if (json)
    std::ignore = print(json_of(why) + "\n");
  return fail(program, why);
}

int main_with(const server_options& options) {
  if (auto forbidden = forbid_core_dumps(); !forbidden)
    return fail_with(options.json, forbidden.error());
  allow_many_files();
  auto& signals = *new signal_watch{program}; // Its thread outlives main.
  auto doors = server_doors::open(options);
  if (!doors)
    return fail_with(options.json, doors.error());
  auto what = prepare_task(options);
  if (!what)
    return fail_with(options.json, as_usage(what.error()));
  auto ready = prepare_run(options, std::move(*what));
  if (!ready)
    return fail_with(options.json, ready.error());
  return exit_status(program, run(options, std::move(*ready), *doors, signals), signals);
}

} // namespace

int main(int argc, char** argv) {
  secure_standard_streams();
  auto parsed = parse_server_options(argc, argv, process_environment());
  if (!parsed)
    return fail_with(wants_json(argc, argv), parsed.error());
  if (auto* text = std::get_if<text_to_print>(&*parsed))
    return exit_status(program, print(text->text));
  for (auto& line : strange_variables())
    warn(program, line);
  leave_process(main_with(std::get<server_options>(*parsed)));
}
