#include "actors/ipfs/car.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag.hpp"
#include "actors/ipfs/varint.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace flwr {
namespace {

// DAG-CBOR of {"roots": [...], "version": 1}: a map of two, an array of one, tag 42, and the id as
// a byte string that starts with a zero (the multibase prefix of binary).
constexpr std::array<uint8_t, 11> before_root{0xa2, 0x65, 'r',  'o',  'o', 't',
                                              's',  0x81, 0xd8, 0x2a, 0x58};
constexpr std::array<uint8_t, 9> after_root{0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x01};
constexpr size_t root_at = before_root.size() + 2; // Behind the length and the zero.

constexpr size_t version_0_bytes = 34;
constexpr size_t version_1_bytes = 36;

caf::error broken(size_t at, const std::string& why) {
  return make_error(ec::corrupt, "CAR, byte " + std::to_string(at) + ": " + why);
}

/// What a length says that comes next; nothing if it isn't all there.
std::optional<std::span<const uint8_t>> take_section(std::span<const uint8_t>& from) {
  auto length = take_varint(from);
  if (!length || *length > from.size())
    return std::nullopt;
  auto section = from.first(*length);
  from = from.subspan(*length);
  return section;
}

expected<content_id> root_in(std::span<const uint8_t> header) {
  if (header.size() <= root_at + after_root.size())
    return broken(0, "no header of version 1 with one root");
  auto id =
    content_id_from_bytes(header.subspan(root_at, header.size() - root_at - after_root.size()));
  if (!id)
    return id.error();
  auto again = car_header(*id);
  if (!std::ranges::equal(header, std::span{again}.last(header.size())))
    return broken(0, "no header of version 1 with one root");
  return id;
}

expected<car_section> section_in(std::span<const uint8_t> section, size_t at) {
  auto is_version_0 = section.size() >= 2 && section[0] == 0x12 && section[1] == 0x20;
  auto id_bytes = is_version_0 ? version_0_bytes : version_1_bytes;
  if (section.size() < id_bytes)
    return broken(at, "a section without a whole content id");
  auto id = content_id_from_bytes(section.first(id_bytes));
  if (!id)
    return broken(at, render(id.error()));
  auto block = section.subspan(id_bytes);
  if (block.size() > max_block_bytes)
    return broken(at, "a block of " + std::to_string(block.size()) + " bytes");
  if (sha256(block) != id->digest)
    return broken(at, "the block isn't " + to_text(*id));
  return car_section{*id, block};
}

} // namespace

bytes car_header(const content_id& root) {
  auto id = to_bytes(root);
  bytes header{before_root.begin(), before_root.end()};
  header.push_back(static_cast<uint8_t>(id.size() + 1));
  header.push_back(0);
  header.insert(header.end(), id.begin(), id.end());
  header.insert(header.end(), after_root.begin(), after_root.end());
  bytes all;
  append_varint(all, header.size());
  all.insert(all.end(), header.begin(), header.end());
  return all;
}

void append_car_section(bytes& to, const content_id& id, std::span<const uint8_t> block) {
  auto name = to_bytes(id);
  append_varint(to, name.size() + block.size());
  to.insert(to.end(), name.begin(), name.end());
  to.insert(to.end(), block.begin(), block.end());
}

expected<bytes> car_of(const content_id& root, const block_source& source, uint64_t max_bytes) {
  auto all = car_header(root);
  auto append = [&](const content_id& id, std::span<const uint8_t> block) -> expected<void> {
    append_car_section(all, id, block);
    if (all.size() > max_bytes)
      return make_error(ec::rejected, "the DAG is longer than allowed");
    return caf::unit;
  };
  if (auto walked = walk_dag(root, source, append); !walked)
    return walked.error();
  return all;
}

expected<car_file> read_car(std::span<const uint8_t> all, size_t max_blocks) {
  auto rest = all;
  auto header = take_section(rest);
  if (!header)
    return broken(0, "the header is cut");
  auto root = root_in(*header);
  if (!root)
    return root.error();
  car_file file{*root, {}};
  while (!rest.empty()) {
    auto at = all.size() - rest.size();
    auto section = take_section(rest);
    if (!section)
      return broken(at, "a section is cut, or its length isn't one");
    if (file.sections.size() == max_blocks)
      return make_error(ec::rejected, "the CAR has more than " + std::to_string(max_blocks)
                                        + " blocks, the most that are taken at once: make one of "
                                          "larger blocks, or of a part of the DAG");
    auto read = section_in(*section, at);
    if (!read)
      return read.error();
    file.sections.push_back(*read);
  }
  return file;
}

std::optional<std::set<content_id>> whole_dag_in(const car_file& car) {
  std::map<content_id, std::span<const uint8_t>> blocks;
  for (auto& section : car.sections)
    blocks.emplace(as_version_1(section.id), section.block);
  auto source = [&](const content_id& id) -> expected<bytes> {
    auto found = blocks.find(as_version_1(id));
    if (found == blocks.end())
      return make_error(ec::missing, "the CAR hasn't got the block " + to_text(id));
    auto links = id.encoding == codec::raw ? found->second.first(0) : found->second;
    return bytes{links.begin(), links.end()};
  };
  std::set<content_id> all;
  auto note = [&](const content_id& id, std::span<const uint8_t>) -> expected<void> {
    all.insert(as_version_1(id));
    return caf::unit;
  };
  return walk_dag(car.root, source, note) ? std::optional{std::move(all)} : std::nullopt;
}

} // namespace flwr
