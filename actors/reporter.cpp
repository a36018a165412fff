#include "actors/reporter.hpp"

#include "actors/fl/flower_lines.hpp"
#include "actors/runtime/posix_file.hpp"
#include "messages/client_names.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = reporter_actor::extend<on<void, atom::tick>>;

constexpr auto quiet_time = 5s;          // After so long people want to know what we wait for.
constexpr uint64_t max_guest_lines = 20; // In a quiet time.

const char* name_of(phase_kind kind) { return kind == phase_kind::fit ? "fit" : "evaluate"; }

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

constexpr size_t always_written = 256; // Rounds.

struct reporter_state {
  static inline const char* name = "flwr.reporter";

  /// A phase that is under way, as far as people can see it.
  struct visible {
    uint64_t sampled = 0, done = 0, failed = 0;
    caf::actor_clock::time_point since;
    std::map<client_id, double> training; // Share of the steps done, of clients at work.
  };

  explicit reporter_state(impl::stateful_pointer<reporter_state> self)
    : self(self), started(now()), spoke(now()), summed_up(now()) {}

  // -- facts -------------------------------------------------------------------------------------

  void note(const event::waiting& what) {
    say("waiting for clients: " + std::to_string(what.here) + " of " + std::to_string(what.needed)
        + ", " + fixed(what.since.count(), 0) + " s");
  }

  void note(const event::joined& what) { tell_of_guest(name_of(what.client) + " has joined"); }
  void note(const event::lost& what) {
    tell_of_guest(name_of(what.client) + " has lost its connection; it may come back");
  }
  void note(const event::returned& what) { tell_of_guest(name_of(what.client) + " is back"); }
  void note(const event::left& what) { tell_of_guest(name_of(what.client) + " has left"); }
  void note(const event::turned_away& what) {
    auto name = what.client ? name_of(*what.client) : "somebody";
    tell_of_guest(name + " is turned away: " + render(what.why), strangers);
  }

  void tell_of_guest(const std::string& line) { tell_of_guest(line, guests); }

  // Thousands may come at once, and not all of them mean well: strangers don't hide clients, nor
  // what the run waits for.
  void tell_of_guest(const std::string& line, uint64_t& lines) {
    if (cfg.guests && ++lines <= max_guest_lines)
      cfg.say(line);
  }

  void sum_up(uint64_t& lines, const char* whom) {
    auto all = std::exchange(lines, 0);
    if (all > max_guest_lines)
      cfg.say(std::to_string(all - max_guest_lines) + " more lines about " + whom);
  }

  void note(const event::phase_started& what) {
    if (what.round == 1 && what.what == phase_kind::fit)
      say(starting_line());
    if (what.sampled == 0)
      return say(cancelled_line(what.what, what.round));
    say(sampled_line(what.what, what.round, what.sampled, what.available));
    open[{what.round, what.what}] = {.sampled = what.sampled, .since = now(), .training = {}};
  }

  void note(const event::training& what) {
    auto found = open.find({what.round, phase_kind::fit});
    if (found == open.end() || what.total == 0)
      return;
    found->second.training[what.client] =
      static_cast<double>(what.done) / static_cast<double>(what.total);
    draw();
  }

  void note(const event::answered& what) {
    auto& mine = open[{what.round, what.what}];
    mine.training.erase(what.client);
    ++mine.done;
    if (what.why) {
      ++mine.failed;
      say("round " + std::to_string(what.round) + ": " + name_of(what.what) + " of "
          + name_of(what.client) + " doesn't count: " + render(what.why));
    }
    draw();
  }

  void note(const event::fit_closed& what) {
    open.erase({what.round, phase_kind::fit});
    say(received_line(phase_kind::fit, what.round, what.results, what.failures));
    if (what.updates == 0)
      say("round " + std::to_string(what.round)
          + " failed: it keeps the model of the round before");
    lines.note(what);
    advance();
  }

  void note(const event::evaluate_closed& what) {
    if (open.erase({what.round, phase_kind::evaluate}) > 0)
      say(received_line(phase_kind::evaluate, what.round, what.results, what.failures));
    if (what.centralized && what.round == 0)
      say(initial_line(what.centralized->loss, what.centralized->metrics));
    else if (what.centralized)
      say(progress_line(what.round, what.centralized->loss, what.centralized->metrics,
                        seconds_since(started)));
    lines.note(what);
    advance();
  }

  void note(const event::round_recorded& what) {
    lines.note(what);
    advance();
  }

  void note(const event::note& what) { say(what.line); }

  void note(const event::ended&) {}       // `finish` says it.
  void note(const event::server_away&) {} // Of clients' processes, as is the next.
  void note(const event::server_back&) {}

  // -- the history -------------------------------------------------------------------------------

  void advance() {
    auto before = lines.so_far().rounds.size();
    if (!lines.advance())
      return;
    for (auto i = before; i < lines.so_far().rounds.size(); ++i)
      say(summary(lines.so_far().rounds[i]));
    is_behind = true;
    catch_up();
  }

  // The files are as long as the run: each time that they are replaced pays for a pause.
  void catch_up() {
    if (!is_behind || (now() < rests_until && lines.so_far().rounds.size() > always_written))
      return;
    is_behind = false;
    auto begun = std::chrono::steady_clock::now();
    if (auto written = write(); !written)
      trouble = written.error();
    rests_until = now() + 20 * (std::chrono::steady_clock::now() - begun);
  }

  std::string summary(const round_line& line) const {
    auto text = "[ROUND " + std::to_string(line.round) + "/" + std::to_string(cfg.rounds) + "] "
                + std::to_string(line.updates) + " updates";
    if (line.failures > 0)
      text += ", " + std::to_string(line.failures) + " failures";
    if (line.loss)
      text += ", loss " + fixed(*line.loss, 4);
    if (line.accuracy)
      text += ", accuracy " + fixed(*line.accuracy, 4);
    if (line.gas_used)
      text += ", gas " + std::to_string(*line.gas_used);
    return text + ", fit " + fixed(line.seconds.fit.value_or(0), 2) + " s, evaluate "
           + fixed(line.seconds.evaluate.value_or(0), 2) + " s, model " + line.model_cid;
  }

  expected<void> write() const {
    if (cfg.folder.empty())
      return caf::unit;
    if (auto done = write_durably(cfg.folder / "history.json", to_json(lines.so_far()) + "\n");
        !done)
      return done.error();
    return write_durably(cfg.folder / "history.csv", to_csv(lines.so_far()));
  }

  caf::result<void> finish(const run_outcome& how) {
    lines.note(how);
    auto written = write();
    if (!how.why)
      say(finished_line(seconds_since(started)));
    if (!how.why || !lines.so_far().rounds.empty())
      for (auto& line : history_lines(lines.so_far()))
        say(line);
    if (cfg.data)
      cfg.data(to_json(lines.so_far()));
    if (!written)
      return written.error();
    return trouble ? caf::result<void>{*trouble} : caf::result<void>{caf::unit};
  }

  // -- what people see ---------------------------------------------------------------------------

  void say(const std::string& line) {
    cfg.say(line);
    spoke = now();
  }

  void tick() {
    self->delayed_send(self, 1s, atom::tick_v);
    catch_up();
    if (now() - summed_up >= quiet_time) {
      summed_up = now();
      sum_up(guests, "clients that come and go");
      sum_up(strangers, "clients that are turned away");
    }
    if (cfg.bar || open.empty() || now() - spoke < quiet_time)
      return;
    say(waiting_line());
  }

  // The oldest open phase is the one that holds the run up.
  std::string waiting_line() const {
    auto& [key, mine] = *open.begin();
    auto text = "round " + std::to_string(key.first) + ": waiting for "
                + std::to_string(mine.sampled - std::min(mine.sampled, mine.done)) + " of "
                + std::to_string(mine.sampled) + " clients to " + name_of(key.second) + ", "
                + fixed(seconds_since(mine.since), 0) + " s";
    return mine.training.empty() ? text : text + ", " + fixed(100 * share(mine), 0) + " % done";
  }

  static double share(const visible& mine) {
    auto done = static_cast<double>(mine.done);
    for (auto& [client, part] : mine.training)
      done += part;
    return std::min(1.0, done / static_cast<double>(std::max<uint64_t>(1, mine.sampled)));
  }

  void draw() {
    auto found = open.empty() ? open.end() : open.begin();
    if (!cfg.bar || found == open.end() || now() - drew < 100ms)
      return;
    drew = now();
    constexpr size_t width = 30;
    auto filled = static_cast<size_t>(share(found->second) * width);
    cfg.progress("round " + std::to_string(found->first.first) + "/" + std::to_string(cfg.rounds)
                 + " " + name_of(found->first.second) + " [" + std::string(filled, '#')
                 + std::string(width - filled, '.') + "] " + std::to_string(found->second.done)
                 + "/" + std::to_string(found->second.sampled) + " clients, "
                 + fixed(seconds_since(found->second.since), 0) + " s");
  }

  caf::actor_clock::time_point now() const { return self->clock().now(); }

  double seconds_since(caf::actor_clock::time_point then) const {
    return event::seconds{now() - then}.count();
  }

  impl::stateful_pointer<reporter_state> self;
  reporter_config cfg;
  round_lines lines;
  std::map<std::pair<uint64_t, phase_kind>, visible> open;
  bool is_behind = false; // The files are, of the history.
  caf::actor_clock::time_point rests_until{};
  std::optional<caf::error> trouble;  // The history could not be written.
  uint64_t guests = 0, strangers = 0; // Lines about them since they were summed up.
  caf::actor_clock::time_point started, spoke, summed_up, drew{};
};

impl::behavior_type reporter(impl::stateful_pointer<reporter_state> self, reporter_config cfg) {
  self->state.lines = round_lines{cfg.ledger};
  self->state.cfg = std::move(cfg);
  self->delayed_send(self, 1s, atom::tick_v);
  return {
    [self](const event::any& what) {
      std::visit([self](const auto& fact) { self->state.note(fact); }, what);
    },
    [self](atom::finish, const run_outcome& how) { return self->state.finish(how); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace

reporter_actor spawn_reporter(caf::actor_system& sys, reporter_config cfg) {
  return sys.spawn(reporter, std::move(cfg));
}

} // namespace flwr
