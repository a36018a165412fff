#include "actors/ipfs/content_id.hpp"

#include "actors/ipfs/multibase.hpp"
#include "actors/ipfs/varint.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>

using namespace flwr;
using namespace flwr::test;

namespace {

const std::string known_bases = "fFbBkKuz";

/// The cases of one kind.
std::vector<boost::json::value> cases_of(std::string_view kind) {
  std::vector<boost::json::value> found;
  for (const auto& each : load_cases("multiformats"))
    if (text_of(each, "kind") == kind)
      found.push_back(each);
  REQUIRE_FALSE(found.empty());
  return found;
}

/// Whether the case's id is one of the kinds that the project uses.
bool is_ours(const boost::json::value& from) {
  auto codec = text_of(from, "codec");
  return text_of(from, "hash") == "sha2-256" && (codec == "raw" || codec == "dag-pb");
}

content_id id_in(const boost::json::value& from) {
  content_id id;
  std::ranges::copy(unhex(text_of(from, "digest")), id.digest.begin());
  id.encoding = static_cast<codec>(from.at("codec_code").to_number<int>());
  id.version = from.at("version").to_number<uint8_t>();
  return id;
}

std::string why_refused(std::string_view text) {
  auto id = content_id_from_text(text);
  REQUIRE_FALSE(id);
  CHECK(id.error() == ec::rejected);
  return render(id.error());
}

bytes id_bytes(std::string_view prefix, size_t digest_bytes) {
  auto data = unhex(prefix);
  data.resize(data.size() + digest_bytes, 7);
  return data;
}

} // namespace

TEST_CASE("content ids of the vectors are read and written as text and as bytes") {
  for (const auto& each : cases_of("cid")) {
    INFO(text_of(each, "name"));
    auto text = text_of(each, "text");
    auto data = unhex(text_of(each, "bytes"));
    if (!is_ours(each)) {
      CHECK_FALSE(content_id_from_text(text));
      CHECK_FALSE(content_id_from_bytes(data));
      continue;
    }
    auto id = id_in(each);
    CHECK(to_text(id) == text);
    CHECK(to_bytes(id) == data);
    CHECK(content_id_from_text(text) == id);
    CHECK(content_id_from_bytes(data) == id);
  }
}

TEST_CASE("content ids of the vectors are the same in every known base and other version") {
  size_t read = 0;
  for (const auto& each : cases_of("cid")) {
    INFO(text_of(each, "name"));
    if (auto bases = each.as_object().if_contains("other_bases"); bases && is_ours(each))
      for (const auto& [base, text] : bases->as_object()) {
        CHECK(content_id_from_text(std::string{text.as_string()}) == id_in(each));
        ++read;
      }
    for (auto version : {0, 1}) {
      auto text = text_of(each, "as_v" + std::to_string(version));
      if (text.empty())
        continue;
      auto other = id_in(each);
      other.version = static_cast<uint8_t>(version);
      CHECK(to_text(other) == text);
    }
  }
  CHECK(read == 15);
}

TEST_CASE("texts of the vectors that are no content id are refused") {
  for (const auto& each : cases_of("cid_invalid")) {
    INFO(text_of(each, "name"));
    why_refused(text_of(each, "text"));
  }
}

TEST_CASE("a refused content id says why") {
  CHECK_THAT(why_refused("bafkqabdunfxhs"), Catch::Contains("number 0"));
  CHECK_THAT(why_refused("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"),
             Catch::Contains("bafyrei") && Catch::Contains("number 113"));
  CHECK_THAT(why_refused("model.safetensors"), Catch::Contains("model.safetensors"));
  CHECK_THAT(why_refused(std::string(1'000'000, 'z')), Catch::Contains("too long"));
}

TEST_CASE("bytes that are no content id are refused") {
  CHECK(content_id_from_bytes(id_bytes("01551220", 32)));
  CHECK(content_id_from_bytes(id_bytes("1220", 32)));
  auto [prefix, digest_bytes] = GENERATE(table<std::string, size_t>({
    {"", 0},
    {"01", 0},
    {"0155", 0},
    {"015512", 0},
    {"01551220", 31},
    {"01551220", 33},   // A byte behind it.
    {"0155121f", 31},   // A short digest.
    {"0155920020", 32}, // SHA-256's code, longer than need be.
    {"8100551220", 32}, // The version, likewise.
    {"01d5001220", 32}, // The codec, likewise.
    {"01551114", 20},   // SHA-1.
    {"01551320", 32},   // SHA-512, cut.
    {"02551220", 32},   // Version 2.
    {"00551220", 32},   // Version 0 has no prefix.
    {"1220", 31},
    {"1220", 33},
  }));
  INFO(prefix);
  CHECK_FALSE(content_id_from_bytes(id_bytes(prefix, digest_bytes)));
}

TEST_CASE("multibase texts of the vectors are read, if the base is known") {
  size_t read = 0;
  auto cases = cases_of("multibase");
  for (const auto& each : cases_of("multibase_decode"))
    cases.push_back(each);
  for (const auto& each : cases) {
    auto text = text_of(each, "text");
    INFO(text_of(each, "name"));
    auto known = known_bases.find(text.front()) != std::string::npos;
    CHECK(multibase_decode(text).has_value() == known);
    if (!known)
      continue;
    auto data = unhex(text_of(each, "bytes"));
    CHECK(multibase_decode(text) == data);
    if (text_of(each, "kind") == "multibase" && text.front() == 'b')
      CHECK(base32_encode(data) == text.substr(1));
    if (text_of(each, "kind") == "multibase" && text.front() == 'z')
      CHECK(base58_encode(data) == text.substr(1));
    ++read;
  }
  CHECK(read >= 30);
}

TEST_CASE("multibase texts that no encoder gives are refused") {
  for (const auto& each : cases_of("multibase_invalid")) {
    INFO(text_of(each, "name"));
    CHECK_FALSE(multibase_decode(text_of(each, "text")));
  }
  CHECK(multibase_decode("bae") == bytes{1});
  CHECK_FALSE(multibase_decode("baf")); // A bit of nothing is set.
  CHECK_FALSE(multibase_decode("ba"));  // Less than a byte.
  CHECK_FALSE(multibase_decode("f0"));
}

TEST_CASE("varints of the vectors are read and written, the wrong ones refused") {
  for (const auto& each : cases_of("varint")) {
    INFO(text_of(each, "name"));
    auto data = unhex(text_of(each, "bytes"));
    auto value = std::stoull(text_of(each, "value"));
    bytes written;
    append_varint(written, value);
    CHECK(written == data);
    data.push_back(0x2a);
    std::span<const uint8_t> rest{data};
    CHECK(take_varint(rest) == value);
    CHECK(rest.size() == 1);
  }
  for (const auto& each : cases_of("varint_invalid")) {
    INFO(text_of(each, "name"));
    auto data = unhex(text_of(each, "bytes"));
    std::span<const uint8_t> rest{data};
    CHECK_FALSE(take_varint(rest));
    CHECK(rest.size() == data.size());
  }
}

TEST_CASE("any content id survives text and bytes") {
  rc::prop("to_text and to_bytes lose nothing", [](const hash256& digest, bool raw, bool old) {
    content_id id{digest, raw ? codec::raw : codec::dag_pb, uint8_t(old && !raw ? 0 : 1)};
    RC_ASSERT(content_id_from_text(to_text(id)) == id);
    RC_ASSERT(content_id_from_bytes(to_bytes(id)) == id);
  });
}

TEST_CASE("any bytes survive base32 and base58") {
  rc::prop("decoding gives what was encoded", [](const bytes& data) {
    RC_ASSERT(multibase_decode("b" + base32_encode(data)) == data);
    RC_ASSERT(base58_decode(base58_encode(data)) == data);
  });
}
