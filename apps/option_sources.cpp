#include "apps/option_sources.hpp"

#include "apps/option_values.hpp"

#include <CLI/CLI.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

namespace flwr {
namespace {

constexpr size_t max_config_bytes = 1 << 20;

std::vector<std::string> names(const program_words& program, std::vector<std::string> known) {
  for (const auto& row : program.options)
    known.push_back(row.name);
  return known;
}

/// Hands all options to CLI11. It keeps texts only: their rules are the table's.
void declare(CLI::App& app, const program_words& program) {
  app.set_help_flag();
  app.allow_extras();
  app.add_flag("-h,--help");
  app.add_flag("--version");
  app.add_option("--config")->type_name("FILE.toml")->take_last();
  for (const auto& row : program.options) {
    if (row.value.empty())
      app.add_flag("--" + row.name);
    else
      app.add_option("--" + row.name)->type_name(row.value)->take_last();
  }
}

expected<command_line> collected(const CLI::App& app, const program_words& program) {
  command_line found{{}, app.count("--help") > 0, app.count("--version") > 0};
  for (const auto& name : names(program, {"config"})) {
    auto option = "--" + name;
    if (app.count(option) == 0)
      continue;
    const auto& text = app.get_option(option)->results().back();
    if (text.starts_with("--"))
      return make_error(ec::usage, option.append(" needs a value, but ").append(text) + " follows");
    found.values[name] = {text, option};
  }
  return found;
}

/// The text of a TOML value as an option would spell it.
std::optional<std::string> spelled(const toml::node& node) {
  if (auto text = node.value_exact<std::string>())
    return text;
  if (auto whole = node.value_exact<int64_t>())
    return std::to_string(*whole);
  if (auto flag = node.value_exact<bool>())
    return *flag ? "true" : "false";
  if (auto real = node.value_exact<double>()) {
    char digits[32];
    return std::string{digits, std::to_chars(digits, digits + sizeof digits, *real).ptr};
  }
  return std::nullopt;
}

expected<std::string> contents(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure))
    return make_error(ec::usage, "--config: " + path + " is a directory; name a TOML file");
  std::ifstream in{path, std::ios::binary};
  std::string text(max_config_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof()))
    return make_error(ec::usage, "--config: can't read " + path + "; is it there and readable?");
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() > max_config_bytes)
    return make_error(ec::usage, "--config: " + path + " is larger than 1 MiB");
  return text;
}

expected<settings> options_of(const toml::table& file, const std::string& path,
                              const program_words& program) {
  auto known = names(program, {});
  settings found;
  for (const auto& [key, node] : file) {
    std::string name{key.str()};
    auto line = std::to_string(key.source().begin.line);
    auto place = path;
    place.append(":").append(line).append(": ");
    if (std::ranges::find(known, name) == known.end())
      return make_error(ec::usage, place.append("unknown key ").append(name)
                                     + suggestion("", name, known)
                                     + "; keys are the option names without --");
    auto text = spelled(node);
    if (!text)
      return make_error(ec::usage, place.append(name) + " takes one text, number, true or false");
    found[name] = {*std::move(text), place.append(name)};
  }
  return found;
}

} // namespace

caf::error unexpected_word(const std::string& word, std::span<const std::string> known) {
  if (!word.starts_with("-"))
    return make_error(ec::usage,
                      "\"" + word + "\" is no option; options start with --, see --help");
  auto typed = word.substr(0, word.find('='));
  auto bare = std::string_view{typed}.substr(std::min(typed.find_first_not_of('-'), typed.size()));
  return make_error(ec::usage, "unknown option " + typed + suggestion("--", bare, known)
                                 + "; --help lists them all");
}

expected<command_line> read_command_line(const program_words& program, int argc,
                                         const char* const* argv) {
  CLI::App app;
  declare(app, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    return make_error(ec::usage, wrong.what());
  }
  if (auto extra = app.remaining(); !extra.empty())
    return unexpected_word(extra.front(), names(program, {"config", "help", "version"}));
  return collected(app, program);
}

settings read_environment(const program_words& program, const environment& lookup) {
  settings found;
  for (const auto& name : names(program, {"config"}))
    if (auto text = lookup(variable_of(name)); text && !text->empty())
      found[name] = {*std::move(text), variable_of(name)};
  return found;
}

std::vector<std::string> strange_variables(std::span<const std::string> names_set) {
  std::vector<std::string> known;
  for (auto& option : names(server_words(), names(client_words(), {"config", "keys-dir"})))
    known.push_back(variable_of(option));
  std::vector<std::string> lines;
  for (auto& name : names_set)
    if (name.starts_with(variable_of("")) && std::ranges::find(known, name) == known.end())
      lines.push_back("the environment sets " + name + ", which is no option of ours"
                      + suggestion("", name, known));
  return lines;
}

expected<settings> read_config_file(const program_words& program, const std::string& path) {
  auto text = contents(path);
  if (!text)
    return std::move(text.error());
  try {
    return options_of(toml::parse(*text, path), path, program);
  } catch (const toml::parse_error& wrong) {
    return make_error(ec::usage, path + ":" + std::to_string(wrong.source().begin.line)
                                   + ": not TOML: " + std::string{wrong.description()});
  }
}

expected<settings> merged(const program_words& program, command_line typed,
                          const environment& lookup) {
  auto found = std::move(typed.values);
  found.merge(read_environment(program, lookup));
  if (auto config = found.find("config"); config != found.end()) {
    auto file = read_config_file(program, config->second.text);
    if (!file)
      return std::move(file.error());
    found.merge(*file);
  }
  return found;
}

caf::error wrong_setting(const setting& given, const std::string& allowed) {
  return make_error(ec::usage,
                    given.source + ": \"" + given.text + "\" can't be; allowed: " + allowed);
}

} // namespace flwr
