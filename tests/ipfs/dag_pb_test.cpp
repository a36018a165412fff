#include "actors/ipfs/dag_pb.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/multibase.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

/// A content id's bytes, of whatever kind it is.
bytes hash_in(const boost::json::value& link) {
  auto text = text_of(link.at("Hash"), "/");
  return *(text.starts_with("Qm") ? base58_decode(text) : multibase_decode(text));
}

/// The data of a node in dag-json: base64 of the other alphabet than multibase's u.
std::optional<bytes> data_in(const boost::json::value& node) {
  auto data = node.as_object().if_contains("Data");
  if (!data)
    return std::nullopt;
  auto text = "u" + text_of(data->at("/"), "bytes");
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return multibase_decode(text);
}

void check_link(const dag_pb_link& link, const boost::json::value& want) {
  CHECK(bytes{link.hash.begin(), link.hash.end()} == hash_in(want));
  auto name = want.as_object().if_contains("Name");
  CHECK(link.name.has_value() == (name != nullptr));
  CHECK(std::string{link.name.value_or("")} == text_of(want, "Name"));
  auto size = want.as_object().if_contains("Tsize");
  CHECK(link.dag_bytes.has_value() == (size != nullptr));
  CHECK(link.dag_bytes.value_or(0) == (size ? size->to_number<uint64_t>() : 0));
}

} // namespace

TEST_CASE("dag-pb blocks of the vectors are read, and written again byte by byte") {
  for (const auto& each : load_cases("dag-pb")) {
    if (!each.at("valid").as_bool())
      continue;
    INFO(text_of(each, "name"));
    auto block = unhex(text_of(each, "block"));
    auto node = dag_pb_decode(block);
    REQUIRE(node);
    CHECK(dag_pb_encode(*node) == block);
    auto data = data_in(each.at("node"));
    CHECK(node->data.has_value() == data.has_value());
    if (data)
      CHECK(bytes{node->data->begin(), node->data->end()} == *data);
    const auto& links = each.at("node").at("Links").as_array();
    REQUIRE(node->links.size() == links.size());
    for (size_t i = 0; i < links.size(); ++i)
      check_link(node->links[i], links[i]);
  }
}

TEST_CASE("dag-pb blocks of the vectors that break a rule are refused") {
  for (const auto& each : load_cases("dag-pb")) {
    if (each.at("valid").as_bool())
      continue;
    INFO(text_of(each, "name"));
    auto node = dag_pb_decode(unhex(text_of(each, "block")));
    REQUIRE_FALSE(node);
    CHECK(node.error() == ec::corrupt);
  }
}

TEST_CASE("every cut of a dag-pb block is refused, or is a shorter node") {
  auto block = unhex("12140a0901550005000102030418ffffffffffffff0f0a050001020304");
  REQUIRE(dag_pb_decode(block));
  for (size_t size = 0; size < block.size(); ++size) {
    INFO(size);
    auto whole = size == 0 || size == 22;
    CHECK(bool{dag_pb_decode(std::span{block}.first(size))} == whole);
  }
}

TEST_CASE("dag-pb fields that are repeated, unknown, out of order or overlong are refused") {
  auto block = GENERATE(as<std::string>{},
                        "0a0001",                                 // A stray byte.
                        "0a000a00",                               // Data twice.
                        "0a00120b0a09015500050001020304",         // Links behind the data.
                        "1a00",                                   // No such field.
                        "0a8000",                                 // An overlong length.
                        "0affffffffffffffff7f",                   // A length past the end.
                        "12060a010118000a", "12070a010118001200", // Fields of a link in disorder.
                        "12060a01010a0101",                       // Two hashes.
                        "12050a01012000");                        // No such field of a link.
  INFO(block);
  CHECK_FALSE(dag_pb_decode(unhex(block)));
}
