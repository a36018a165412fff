#include "actors/ipfs/kubo_arguments.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace flwr::kubo {
namespace {

constexpr std::string_view chunker_prefix = "size-";

// What an `add` may ask for that changes nothing here: the first value is what is meant by silence.
struct idle_option {
  std::string_view name;
  std::array<std::string_view, 2> allowed;
};

constexpr std::array idle_options{
  idle_option{"hash", {"sha2-256", ""}},
  idle_option{"trickle", {"false", ""}},
  idle_option{"inline", {"false", ""}},
  idle_option{"preserve-mode", {"false", ""}},
  idle_option{"preserve-mtime", {"false", ""}},
  idle_option{"nocopy", {"false", ""}},
  idle_option{"fscache", {"false", ""}},
  idle_option{"wrap-with-directory", {"false", ""}},
  idle_option{"recursive", {"false", "true"}},
  idle_option{"hidden", {"false", "true"}},
  idle_option{"to-files", {"", ""}},
  idle_option{"mode", {"0", ""}},
  idle_option{"mtime", {"0", ""}},
  idle_option{"mtime-nsecs", {"0", ""}},
};

caf::error wrong(std::string_view name, std::string_view value, const std::string& allowed) {
  return make_error(ec::usage, std::string{name} + " is '" + std::string{value}
                                 + "'; this node takes " + allowed);
}

std::optional<uint64_t> number_from(std::string_view text) {
  uint64_t value = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end)
    return std::nullopt;
  return value;
}

expected<void> check_idle(const http_fields& query) {
  for (auto& option : idle_options)
    for (auto& field : query)
      if (field.name == option.name && std::ranges::count(option.allowed, field.value) == 0)
        return wrong(field.name, field.value, std::string{option.allowed[0]});
  return caf::unit;
}

expected<uint64_t> chunk_in(const http_fields& query, uint64_t fallback) {
  auto text = value_of(query, "chunker");
  if (text.empty())
    return fallback;
  auto size = text.starts_with(chunker_prefix) ? number_from(text.substr(chunker_prefix.size()))
                                               : std::nullopt;
  if (!size || *size == 0 || *size > max_block_bytes)
    return wrong("chunker", text, "size-N, at most 2 MiB");
  return *size;
}

} // namespace

expected<content_id> content_in(std::string_view argument) {
  for (std::string_view prefix : {"/ipfs/", "ipfs://"})
    if (argument.starts_with(prefix))
      argument.remove_prefix(prefix.size());
  auto id = content_id_from_text(argument);
  return id ? id : expected<content_id>{make_error(ec::usage, render(id.error()))};
}

expected<std::vector<content_id>> contents_in(const http_fields& query) {
  std::vector<content_id> ids;
  for (auto& field : query) {
    if (field.name != "arg")
      continue;
    auto id = content_in(field.value);
    if (!id)
      return id.error();
    ids.push_back(*id);
  }
  if (ids.empty())
    return make_error(ec::usage, "argument \"ipfs-path\" is required");
  return ids;
}

expected<content_id> content_alone_in(const http_fields& query) {
  auto ids = contents_in(query);
  if (ids && ids->size() > 1)
    return make_error(ec::usage, "this node takes one argument at a time here");
  return ids ? expected<content_id>{ids->front()} : ids.error();
}

expected<bool> flag_in(const http_fields& query, std::string_view name, bool fallback) {
  auto text = value_of(query, name);
  if (text.empty())
    return fallback;
  if (text != "true" && text != "false")
    return wrong(name, text, "true or false");
  return text == "true";
}

expected<uint64_t> number_in(const http_fields& query, std::string_view name, uint64_t fallback) {
  auto text = value_of(query, name);
  auto value = text.empty() ? std::optional{fallback} : number_from(text);
  if (!value)
    return wrong(name, text, "a whole number");
  return *value;
}

expected<std::vector<body_part>> parts_in(const http_request& request) {
  if (!request.body)
    return make_error(ec::usage, "there is no file in the body");
  auto parts = read_parts(value_of(request.fields, "content-type"), *request.body);
  if (!parts)
    return make_error(ec::usage, render(parts.error()));
  if (parts->empty())
    return make_error(ec::usage, "there is no file in the body");
  return parts;
}

expected<body_part> part_alone_in(const http_request& request) {
  auto parts = parts_in(request);
  if (parts && parts->size() > 1)
    return make_error(ec::usage, "this node takes one file at a time here");
  return parts ? expected<body_part>{std::move(parts->front())} : parts.error();
}

expected<content_id> block_id_in(const http_fields& query, std::span<const uint8_t> block) {
  auto name = value_of(query, "cid-codec");
  if (!name.empty() && name != "raw" && name != "dag-pb")
    return make_error(ec::usage, "cid-codec is '" + std::string{name} + "'; use raw or dag-pb");
  auto hash = value_of(query, "mhtype");
  if (!hash.empty() && hash != "sha2-256")
    return make_error(ec::usage, "mhtype is '" + std::string{hash} + "'; use sha2-256");
  return content_id{sha256(block), name == "dag-pb" ? codec::dag_pb : codec::raw, 1};
}

expected<pin_listing> pin_listing_in(const http_fields& query) {
  auto type = value_of(query, "type");
  auto is_recursive = type.empty() || type == "all" || type == "recursive";
  if (!is_recursive && type != "direct" && type != "indirect")
    return wrong("type", type, "direct, indirect, recursive or all");
  auto by_line = flag_in(query, "stream", false);
  return by_line ? expected<pin_listing>{pin_listing{is_recursive, *by_line}} : by_line.error();
}

expected<import_wishes> import_wishes_in(const http_fields& query) {
  auto pin_roots = flag_in(query, "pin-roots", true);
  auto count = flag_in(query, "stats", false);
  if (!pin_roots || !count)
    return !pin_roots ? pin_roots.error() : count.error();
  return import_wishes{*pin_roots, *count};
}

expected<unixfs_profile> profile_in(const http_fields& query, const unixfs_profile& fallback) {
  if (auto idle = check_idle(query); !idle)
    return idle.error();
  auto version = number_in(query, "cid-version", fallback.cid_version);
  auto chunk = chunk_in(query, fallback.chunk_bytes);
  auto links = number_in(query, "max-file-links", fallback.max_links);
  if (!version || !chunk || !links)
    return !version ? version.error() : !chunk ? chunk.error() : links.error();
  if (*version > 1 || *links < 2 || *links > 8192)
    return make_error(ec::usage, "cid-version is 0 or 1, max-file-links 2 to 8192");
  auto raw = flag_in(query, "raw-leaves", *version == 1);
  if (!raw)
    return raw.error();
  if (*raw && *version == 0)
    return make_error(ec::usage, "raw leaves need cid-version=1");
  return unixfs_profile{*chunk, *links, *raw, static_cast<uint8_t>(*version)};
}

http_fields query_of(const unixfs_profile& profile) {
  return {{"cid-version", std::to_string(profile.cid_version)},
          {"raw-leaves", profile.raw_leaves ? "true" : "false"},
          {"chunker", "size-" + std::to_string(profile.chunk_bytes)},
          {"max-file-links", std::to_string(profile.max_links)},
          {"hash", "sha2-256"},
          {"trickle", "false"},
          {"inline", "false"},
          {"preserve-mode", "false"},
          {"preserve-mtime", "false"},
          {"pin", "true"},
          {"progress", "false"}};
}

} // namespace flwr::kubo
