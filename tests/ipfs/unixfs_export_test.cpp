#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag_pb.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ipfs/unixfs_message.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <map>

using namespace flwr;
using namespace flwr::test;

namespace {

constexpr uint64_t plenty = 1 << 20;

/// Blocks in memory, honest and forged ones.
class block_map {
public:
  content_id import(const bytes& file, const unixfs_profile& profile) {
    return import_file(file, profile, [this](const content_id& id, std::span<const uint8_t> block) {
      blocks_[id] = bytes(block.begin(), block.end());
    });
  }

  content_id add(codec encoding, bytes block) {
    content_id id{sha256(block), encoding, 1};
    blocks_[id] = std::move(block);
    return id;
  }

  content_id add_leaf(const std::string& text) {
    return add(codec::raw, bytes(text.begin(), text.end()));
  }

  expected<bytes> load(const content_id& id) {
    ++loads;
    auto found = blocks_.find(id);
    if (found == blocks_.end())
      return make_error(ec::missing, to_text(id));
    return found->second;
  }

  expected<bytes> file(const content_id& root, uint64_t max_bytes = plenty) {
    return export_file(
      root, [this](const content_id& id) { return load(id); }, max_bytes);
  }

  std::map<content_id, bytes>& blocks() { return blocks_; }

  size_t loads = 0;

private:
  std::map<content_id, bytes> blocks_;
};

/// A link to forge a node with.
struct forged_link {
  content_id id;
  uint64_t file_bytes = 0;
  uint64_t dag_bytes = 0;
  std::string_view name = "";
};

bytes forged_node(const std::vector<forged_link>& links, uint64_t file_bytes,
                  std::string_view data = "") {
  std::vector<bytes> hashes;
  for (const auto& link : links)
    hashes.push_back(to_bytes(link.id));
  dag_pb_node node;
  unixfs_message message{.data = {reinterpret_cast<const uint8_t*>(data.data()), data.size()},
                         .file_bytes = file_bytes,
                         .child_bytes = {}};
  for (size_t i = 0; i < links.size(); ++i) {
    node.links.push_back({hashes[i], links[i].name, links[i].dag_bytes});
    message.child_bytes.push_back(links[i].file_bytes);
  }
  auto text = encode_unixfs(message);
  node.data = text;
  return dag_pb_encode(node);
}

std::string why_corrupt(const expected<bytes>& file) {
  REQUIRE_FALSE(file);
  CHECK(file.error() == ec::corrupt);
  return render(file.error());
}

} // namespace

TEST_CASE("any file comes back from its blocks") {
  rc::prop("export_file undoes import_file", [](const bytes& file, bool raw) {
    unixfs_profile profile{*rc::gen::inRange<uint64_t>(1, 20), *rc::gen::inRange<size_t>(2, 5), raw,
                           1};
    block_map blocks;
    auto root = blocks.import(file, profile);
    RC_ASSERT(root == content_id_of(file, profile));
    auto back = blocks.file(root, file.size());
    RC_ASSERT(bool{back});
    RC_ASSERT(*back == file);
  });
}

TEST_CASE("real profiles come back, in chunks and in nodes of chunks") {
  auto profile = GENERATE(unixfs_v1_2025, unixfs_v0_2015);
  auto file = formula_bytes("(i*31+7) mod 251", (46 << 20) + 5);
  block_map blocks;
  CHECK(blocks.file(blocks.import(file, profile), file.size()) == file);
}

TEST_CASE("a changed bit in any block is noticed and the block named") {
  block_map blocks;
  auto root = blocks.import(formula_bytes("(i*31+7) mod 251", 200), {16, 3, false, 1});
  for (auto& [id, block] : blocks.blocks())
    for (size_t bit = 0; bit < 8 * block.size(); ++bit) {
      block[bit / 8] ^= 1 << bit % 8;
      auto file = blocks.file(root);
      block[bit / 8] ^= 1 << bit % 8;
      REQUIRE_FALSE(file);
      REQUIRE(file.error() == ec::corrupt);
      REQUIRE(render(file.error()).find(to_text(id)) != std::string::npos);
    }
  CHECK(blocks.file(root));
}

TEST_CASE("the source's error is the export's") {
  block_map blocks;
  auto root = blocks.import(bytes(100), {16, 3, true, 1});
  blocks.blocks().erase(content_id_of(bytes(16), unixfs_v1_2025));
  auto file = blocks.file(root);
  REQUIRE_FALSE(file);
  CHECK(file.error() == ec::missing);
}

TEST_CASE("a file of more bytes than expected is refused before its leaves are loaded") {
  auto profile = GENERATE(unixfs_profile{16, 3, true, 1}, unixfs_v1_2025, unixfs_v0_2015);
  block_map blocks;
  auto root = blocks.import(bytes(100), profile);
  auto file = blocks.file(root, 99);
  REQUIRE_FALSE(file);
  CHECK(file.error() == ec::rejected);
  CHECK(blocks.loads == 1);
  CHECK(blocks.file(root, 100));
}

TEST_CASE("sizes that don't agree are refused") {
  block_map blocks;
  auto leaf = blocks.add_leaf("four");
  auto right = forged_node({{leaf, 4, 4}, {leaf, 4, 4}}, 8);
  CHECK(blocks.file(blocks.add(codec::dag_pb, right)));
  auto block = GENERATE_COPY(
    forged_node({{leaf, 4, 4}, {leaf, 4, 4}}, 9), forged_node({{leaf, 4, 4}, {leaf, 5, 4}}, 9),
    forged_node({{leaf, 4, 4}, {leaf, 4, 5}}, 8), forged_node({{leaf, 0, 4}, {leaf, 4, 4}}, 4),
    forged_node({{leaf, ~uint64_t{0} / 2, 4}, {leaf, ~uint64_t{0} / 2, 4}, {leaf, 10, 4}}, 8),
    forged_node({{leaf, 4, 4}}, 4, "data"), forged_node({{leaf, 4, 4, "name"}}, 4),
    forged_node({}, 5, "data"), forged_node({}, 3, "data"));
  INFO(to_hex(block));
  why_corrupt(blocks.file(blocks.add(codec::dag_pb, block)));
}

TEST_CASE("blocks that are no plain file are refused") {
  block_map blocks;
  auto block = GENERATE(as<std::string>{}, "", // A dag-pb node without data.
                        "0a0408011800",        // A directory.
                        "0a0408001800",        // Of type raw, which nobody writes any more.
                        "0a020802",            // Without a size.
                        "0a06080212001800",    // With empty data.
                        "0a06080218002801",    // With an unknown field.
                        "0a050802180020",      // With a field cut short.
                        "0a050802188000",      // With an overlong size.
                        "0bff");               // No node at all.
  INFO(block);
  why_corrupt(blocks.file(blocks.add(codec::dag_pb, unhex(block))));
}

TEST_CASE("links to content ids of other kinds are refused") {
  block_map blocks;
  auto identity = unhex("0155000474696e79");
  auto text = encode_unixfs({.data = {}, .file_bytes = 4, .child_bytes = {4}});
  auto root = blocks.add(codec::dag_pb, dag_pb_encode({{{identity, "", 4}}, text}));
  CHECK_THAT(why_corrupt(blocks.file(root)), Catch::Contains("hash function"));
}

TEST_CASE("a claim of terabytes costs one block") {
  block_map blocks;
  auto leaf = blocks.add_leaf("x");
  auto claim = uint64_t{1} << 42;
  auto root = blocks.add(codec::dag_pb, forged_node({{leaf, claim, 1}}, claim));
  auto file = blocks.file(root, claim);
  CHECK_THAT(why_corrupt(file), Catch::Contains("claims another size"));
  CHECK(blocks.loads == 2);
}

TEST_CASE("a tower of nodes is refused") {
  block_map blocks;
  auto top = forged_link{blocks.add_leaf("x"), 1, 1};
  for (int level = 0; level < 40; ++level) {
    auto block = forged_node({top}, 1);
    auto below = top.dag_bytes;
    top = {blocks.add(codec::dag_pb, block), 1, below + block.size()};
    auto file = blocks.file(top.id);
    CHECK(bool{file} == (level < 15));
    if (!file)
      CHECK_THAT(why_corrupt(file), Catch::Contains("too deep"));
  }
}

TEST_CASE("a small DAG of endlessly repeated links is refused") {
  block_map blocks;
  auto top = forged_link{blocks.add_leaf("x"), 1, 1};
  for (int level = 0; level < 4; ++level) {
    std::vector<forged_link> links(100, top);
    auto block = forged_node(links, 100 * top.file_bytes);
    auto below = 100 * top.dag_bytes;
    top = {blocks.add(codec::dag_pb, block), 100 * top.file_bytes, below + block.size()};
  }
  auto file = blocks.file(top.id, uint64_t{1} << 30);
  CHECK_THAT(why_corrupt(file), Catch::Contains("too many blocks"));
  CHECK(blocks.loads < 250'000);
}

TEST_CASE("a block that is too large is refused") {
  block_map blocks;
  CHECK(blocks.file(blocks.add(codec::raw, bytes(max_block_bytes)), 2 * max_block_bytes));
  why_corrupt(blocks.file(blocks.add(codec::raw, bytes(max_block_bytes + 1)), 2 * max_block_bytes));
}
