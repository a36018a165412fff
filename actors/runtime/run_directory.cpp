#include "actors/runtime/run_directory.hpp"

#include "actors/runtime/file_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

namespace flwr {
namespace {

namespace fs = std::filesystem;

constexpr auto marker_name = "flwr-actor-state";
constexpr auto marker_text = "flwr-actor/state/1\n";
constexpr auto marker_stem = "flwr-actor/state/";

caf::error unusable(const fs::path& root, const std::string& why) {
  return make_error(ec::usage, "state directory " + root.string() + " " + why);
}

expected<void> make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return errno_error("create the directory", path, ec::usage);
  return caf::unit;
}

expected<void> check_is_directory(const fs::path& root) {
  struct stat found {};
  if (::stat(root.c_str(), &found) != 0)
    return errno_error("use the state directory", root, ec::usage);
  if (!S_ISDIR(found.st_mode))
    return unusable(root, "isn't a directory; give another one with --state-dir");
  return caf::unit;
}

expected<void> make_root(const fs::path& root) {
  std::error_code failed;
  fs::create_directories(fs::absolute(root).parent_path(), failed);
  if (failed)
    return unusable(root, "can't be created: " + failed.message());
  if (auto made = make_directory(root); !made)
    return made;
  return check_is_directory(root);
}

/// The text of the marker; nothing if there is none.
expected<std::optional<std::string>> read_marker(const fs::path& root) {
  auto fd = open_file(root / marker_name, O_RDONLY);
  if (!fd && errno == ENOENT)
    return std::optional<std::string>{};
  std::array<char, 64> text;
  auto size = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
  if (size < 0)
    return errno_error("read", root / marker_name, ec::usage);
  return std::optional<std::string>{std::string(text.data(), static_cast<size_t>(size))};
}

expected<void> check_version(const fs::path& root, const std::string& marker) {
  if (marker == marker_text)
    return caf::unit;
  if (marker.starts_with(marker_stem))
    return unusable(root, "was written by another version of flwr-actor ("
                            + marker.substr(0, marker.find('\n'))
                            + "); use that one, or give another directory with --state-dir");
  return unusable(root, "isn't ours: " + std::string{marker_name} + " in it has another text");
}

// What a start that was cut short leaves behind.
bool harmless(const fs::path& name) {
  return name == "lock" || name == std::string{marker_name} + ".new";
}

expected<void> check_empty(const fs::path& root) {
  std::error_code failed;
  for (fs::directory_iterator it{root, failed}, end; !failed && it != end; it.increment(failed))
    if (!harmless(it->path().filename()))
      return unusable(root, "isn't empty and isn't ours (no file " + std::string{marker_name}
                              + "); give a new or an empty one with --state-dir");
  if (failed)
    return unusable(root, "can't be read: " + failed.message());
  return caf::unit;
}

/// True: ours. False: empty, to be set up.
expected<bool> check_ours(const fs::path& root) {
  auto marker = read_marker(root);
  if (!marker)
    return marker.error();
  auto checked = *marker ? check_version(root, **marker) : check_empty(root);
  if (!checked)
    return checked.error();
  return marker->has_value();
}

expected<file_descriptor> lock(const fs::path& root) {
  return take_lock(root / "lock", [&](const std::string& who) {
    return unusable(root, "is in use by " + who
                            + "; end that server, or give another directory with --state-dir");
  });
}

/// The number that `name` spells; 0 if it isn't one of a run.
uint64_t run_number(const std::string& name) {
  uint64_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return std::to_string(number) == name ? number : 0;
}

} // namespace

expected<run_directory> run_directory::open(const fs::path& root) {
  if (auto made = make_root(root); !made)
    return made.error();
  if (auto ours = check_ours(root); !ours)
    return ours.error();
  auto locked = lock(root);
  if (!locked)
    return locked.error();
  run_directory directory{root, std::move(*locked)};
  if (auto ready = directory.set_up(); !ready)
    return ready.error();
  return directory;
}

// Looked at again under the lock: another server may have set it up meanwhile. The marker comes
// first, so that a start which is cut short leaves a directory that is ours.
expected<void> run_directory::set_up() {
  auto ours = check_ours(root_);
  if (!ours)
    return ours.error();
  if (!*ours)
    if (auto marked = write_durably(root_ / marker_name, marker_text); !marked)
      return marked;
  for (const auto& path : {blocks(), runs()})
    if (auto made = make_directory(path); !made)
      return made;
  return sync_directory(root_);
}

expected<run_directory> run_directory::open_read_only(const fs::path& root) {
  if (auto checked = check_is_directory(root); !checked)
    return checked.error();
  auto ours = check_ours(root);
  if (!ours)
    return ours.error();
  if (!*ours)
    return unusable(root, "is empty: no run was started in it");
  return run_directory{root, file_descriptor{}};
}

bool run_directory::in_use() const { return is_locked(root_ / "lock"); }

expected<uint64_t> run_directory::newest_run() const {
  uint64_t newest = 0;
  std::error_code failed;
  for (fs::directory_iterator it{runs(), failed}, end; !failed && it != end; it.increment(failed))
    newest = std::max(newest, run_number(it->path().filename()));
  if (failed)
    return unusable(root_, "can't be read: " + runs().string() + ": " + failed.message());
  return newest;
}

expected<numbered_run> run_directory::run(uint64_t number) const {
  auto path = runs() / std::to_string(number);
  std::error_code failed;
  if (number > 0 && fs::is_directory(path, failed))
    return numbered_run{number, path};
  auto newest = newest_run();
  if (!newest)
    return newest.error();
  return unusable(root_, "has no run " + std::to_string(number)
                           + (*newest ? "; the newest is " + std::to_string(*newest)
                                      : "; no run was started in it"));
}

expected<numbered_run> run_directory::create_run() {
  auto newest = newest_run();
  if (!newest)
    return newest.error();
  if (*newest == std::numeric_limits<uint64_t>::max())
    return unusable(root_, "has no run number left; give another directory with --state-dir");
  numbered_run next{*newest + 1, runs() / std::to_string(*newest + 1)};
  if (::mkdir(next.path.c_str(), 0700) != 0)
    return errno_error("create the directory", next.path);
  if (auto durable = sync_directory(runs()); !durable)
    return durable.error();
  return next;
}

} // namespace flwr
