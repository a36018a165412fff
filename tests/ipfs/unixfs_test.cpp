#include "actors/ipfs/unixfs.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag_pb.hpp"
#include "tests/ipfs/keystream.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace flwr;
using namespace flwr::test;

namespace {

unixfs_profile profile_in(const boost::json::value& from) {
  return {from.at("chunk_bytes").to_number<uint64_t>(), from.at("max_links").to_number<size_t>(),
          from.at("raw_leaves").as_bool(), from.at("cid_version").to_number<uint8_t>()};
}

/// The file of a case, piece by piece: some have a gigabyte.
class input_stream {
public:
  explicit input_stream(const boost::json::value& from)
    : seed_(text_of(from, "chacha20_seed")), keys_(seed_) {
    if (auto text = text_of(from, "text"); !text.empty())
      file_.assign(text.begin(), text.end());
    else if (seed_.empty())
      file_ = input_of(from, "");
    size_ = seed_.empty() ? file_.size() : from.at("length").to_number<size_t>();
  }

  bytes next(size_t at_most) {
    auto size = std::min(at_most, size_ - done_);
    auto piece =
      seed_.empty() ? bytes(file_.begin() + done_, file_.begin() + done_ + size) : keys_.next(size);
    done_ += size;
    return piece;
  }

private:
  std::string seed_;
  keystream keys_;
  bytes file_;
  size_t size_ = 0, done_ = 0;
};

/// What an import came to.
struct imported {
  content_id root;
  std::map<content_id, size_t> sizes;
  bytes last; ///< The root's block.
};

imported import(const boost::json::value& from) {
  imported result;
  auto profile = profile_in(from);
  unixfs_importer importer{profile, [&](const content_id& id, std::span<const uint8_t> block) {
                             result.sizes[id] = block.size();
                             result.last.assign(block.begin(), block.end());
                           }};
  input_stream input{from.at("input")};
  for (auto piece = input.next(profile.chunk_bytes); !piece.empty();
       piece = input.next(profile.chunk_bytes))
    importer.add(piece);
  result.root = importer.finish();
  return result;
}

void check_number(const boost::json::value& from, std::string_view key, uint64_t found) {
  if (auto want = from.as_object().if_contains(key)) {
    INFO(key);
    CHECK(found == want->to_number<uint64_t>());
  }
}

void check_root(const boost::json::value& from, const imported& result) {
  check_number(from, "distinct_blocks", result.sizes.size());
  check_number(from, "root_bytes", result.last.size());
  if (from.as_object().contains("root_block"))
    CHECK(to_hex(result.last) == text_of(from, "root_block"));
  if (result.root.encoding == codec::raw)
    return;
  auto node = dag_pb_decode(result.last);
  REQUIRE(node);
  check_number(from, "root_links", node->links.size());
  auto dag_bytes = result.last.size();
  for (const auto& link : node->links)
    dag_bytes += link.dag_bytes.value();
  check_number(from, "cumulative_bytes", dag_bytes);
}

} // namespace

TEST_CASE("files of the vectors become the DAGs that Kubo makes of them") {
  size_t huge = 0;
  for (const auto& each : load_cases("unixfs")) {
    INFO(text_of(each, "name"));
    auto result = import(each);
    CHECK(to_text(result.root) == text_of(each, "cid"));
    check_root(each, result);
    huge += result.sizes.size() > 1024;
  }
  CHECK(huge == 2);
}

TEST_CASE("a file in memory gives the same content id as its pieces") {
  for (const auto& each : load_cases("unixfs")) {
    if (!each.at("input").as_object().contains("formula"))
      continue;
    INFO(text_of(each, "name"));
    auto id = content_id_of(input_of(each.at("input"), ""), profile_in(each));
    CHECK(to_text(id) == text_of(each, "cid"));
  }
}

TEST_CASE("raw leaves are handed on where they lie") {
  bytes file(3 << 20, 1);
  std::set<const uint8_t*> leaves;
  import_file(file, unixfs_v1_2025, [&](const content_id& id, std::span<const uint8_t> block) {
    if (id.encoding == codec::raw)
      leaves.insert(block.data());
  });
  CHECK(leaves == std::set<const uint8_t*>{&file[0], &file[1 << 20], &file[2 << 20]});
}

TEST_CASE("profiles have names") {
  CHECK(unixfs_profile_from("unixfs-v1-2025") == unixfs_v1_2025);
  CHECK(unixfs_profile_from("unixfs-v0-2015") == unixfs_v0_2015);
  CHECK_FALSE(unixfs_profile_from("unixfs-v1-2024"));
}
