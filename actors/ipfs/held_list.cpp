#include "actors/ipfs/held_list.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/runtime/posix_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace flwr {
namespace fs = std::filesystem;
namespace {

constexpr size_t slack = 64; // Ids: a short list isn't written anew for each pin that goes.

struct change {
  bool adds = true;
  std::vector<content_id> ids;
};

bool has_sign(std::string_view line) { return line.starts_with('+') || line.starts_with('-'); }

std::optional<change> change_in(std::string_view line) {
  change what{.adds = !line.starts_with('-'), .ids = {}};
  auto rest = has_sign(line) ? line.substr(1) : line;
  auto end = rest.find(' ');
  do {
    auto id = content_id_from_text(rest.substr(0, end));
    if (!id || (end != rest.npos && !has_sign(line)))
      return std::nullopt;
    what.ids.push_back(*id);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    end = rest.find(' ');
  } while (!rest.empty());
  return what;
}

/// Whether this may be what a crash has left of a line: some of it, and zeros where a file system
/// had the room already, but not the bytes.
bool is_cut_short(std::string_view tail) {
  auto zeros = tail.find('\0');
  auto text = tail.substr(0, zeros);
  auto rest = zeros == tail.npos ? "" : tail.substr(zeros);
  return (text.empty() || has_sign(text)) && std::ranges::count(rest, '\0') == std::ssize(rest)
         && std::ranges::all_of(text.substr(text.empty() ? 0 : 1),
                                [](unsigned char c) { return std::isalnum(c) || c == ' '; });
}

void apply(held_text& to, const change& what) {
  for (auto& id : what.ids)
    what.adds ? void(to.roots.insert(id)) : void(to.roots.erase(id));
  to.ids += what.ids.size();
}

expected<std::string> text_in(const fs::path& path) {
  std::error_code failed;
  auto size = fs::file_size(path, failed);
  std::ifstream file{path, std::ios::binary};
  std::string text(failed ? 0 : size, '\0');
  if (failed || !file.read(text.data(), static_cast<std::streamsize>(text.size())))
    return make_error(ec::io, "can't read " + path.string() + ", which says what is pinned");
  return text;
}

std::string line_of(char sign, const std::set<content_id>& ids) {
  std::string line;
  for (auto& id : ids)
    line += (line.empty() ? sign : ' ') + to_text(id);
  return line + "\n";
}

} // namespace

expected<held_text> read_held(std::string_view text) {
  held_text all;
  for (size_t number = 1; !text.empty(); ++number) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    all.is_whole = end != text.npos;
    auto may_be_cut = !all.is_whole && (number > 1 || has_sign(line));
    auto what = may_be_cut && is_cut_short(line) ? change{} : change_in(line);
    if (!what)
      return make_error(ec::corrupt, "line " + std::to_string(number)
                                       + " names nothing that is pinned: put it right, or take it "
                                         "out and pin again what it should name");
    apply(all, *what);
    text.remove_prefix(all.is_whole ? end + 1 : text.size());
  }
  return all;
}

expected<held_list> held_list::open(fs::path file) {
  held_list list;
  list.file_ = std::move(file);
  std::error_code unknown;
  if (fs::status(list.file_, unknown).type() == fs::file_type::not_found)
    return list;
  auto text = text_in(list.file_);
  if (!text)
    return text.error();
  auto read = read_held(*text);
  if (!read)
    return make_error(code_of(read.error()), list.file_.string() + ": " + render(read.error()));
  list.roots_ = std::move(read->roots);
  list.written_ = read->ids;
  list.is_sound_ = read->is_whole;
  if (list.is_sound_ && list.written_ == list.roots_.size())
    return list;
  auto written = list.rewrite();
  if (!written && !read->is_whole) // Only that can't be left as it is.
    return written.error();
  return list;
}

expected<void> held_list::add(const std::vector<content_id>& ids) {
  std::set<content_id> fresh;
  std::ranges::copy_if(ids, std::inserter(fresh, fresh.end()),
                       [&](auto& id) { return roots_.insert(id).second; });
  auto written = write('+', fresh);
  if (!written)
    for (auto& id : fresh)
      roots_.erase(id);
  return written;
}

expected<void> held_list::remove(const std::vector<content_id>& ids) {
  std::set<content_id> gone;
  std::ranges::copy_if(ids, std::inserter(gone, gone.end()),
                       [&](auto& id) { return roots_.erase(id) > 0; });
  auto written = write('-', gone);
  if (!written)
    roots_.insert(gone.begin(), gone.end());
  return written;
}

/// Writes down what `roots_` has become. Where that fails, nobody knows how the file ends: then the
/// next change replaces it.
expected<void> held_list::write(char sign, const std::set<content_id>& changed) {
  if (file_.empty() || changed.empty())
    return caf::unit;
  if (!is_sound_ || written_ + changed.size() > 2 * roots_.size() + slack)
    return rewrite();
  auto appended = append_durably(file_, line_of(sign, changed));
  is_sound_ = bool(appended);
  written_ += changed.size();
  return appended;
}

expected<void> held_list::rewrite() {
  std::string text;
  for (auto& id : roots_)
    text += line_of('+', {id});
  auto written = write_durably(file_, text);
  is_sound_ = bool(written);
  written_ = roots_.size();
  return written;
}

} // namespace flwr
