#include "actors/ipfs/content_id.hpp"

#include "actors/ipfs/multibase.hpp"
#include "actors/ipfs/varint.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr uint8_t sha2_256 = 0x12;
constexpr size_t longest_text = 128; // In base16 with its prefix an id of ours has 73 characters.

caf::error no_id_of_ours(const std::string& why) {
  return make_error(ec::rejected, "no content id of a kind that is used here: " + why);
}

caf::error no_text_of_ours(std::string_view text, const caf::error& why) {
  return make_error(ec::rejected,
                    "'" + std::string{text.substr(0, longest_text)} + "': " + render(why));
}

/// SHA-256's code, its length, and nothing behind the digest.
expected<hash256> digest_in(std::span<const uint8_t> multihash) {
  auto code = take_varint(multihash);
  auto length = take_varint(multihash);
  if (!code || !length)
    return no_id_of_ours("it is cut short, or has a number that is longer than need be");
  if (code != sha2_256)
    return no_id_of_ours("its hash function isn't SHA-256 but number " + std::to_string(*code));
  hash256 digest;
  if (length != digest.size() || multihash.size() != digest.size())
    return no_id_of_ours("its digest of SHA-256 hasn't exactly 32 bytes");
  std::ranges::copy(multihash, digest.begin());
  return digest;
}

expected<content_id> version_0_in(std::span<const uint8_t> multihash) {
  auto digest = digest_in(multihash);
  if (!digest)
    return digest.error();
  return content_id{*digest, codec::dag_pb, 0};
}

expected<content_id> version_1_in(std::span<const uint8_t> data) {
  auto version = take_varint(data);
  auto encoding = take_varint(data);
  if (version != 1u || !encoding)
    return no_id_of_ours("it isn't of version 1, or is cut short");
  if (*encoding != uint64_t(codec::raw) && *encoding != uint64_t(codec::dag_pb))
    return no_id_of_ours("its codec is neither raw nor dag-pb but number "
                         + std::to_string(*encoding));
  auto digest = digest_in(data);
  if (!digest)
    return digest.error();
  return content_id{*digest, static_cast<codec>(*encoding), 1};
}

bool looks_like_version_0(std::string_view text) {
  return text.size() == 46 && text.starts_with("Qm");
}

} // namespace

std::string to_text(const content_id& id) {
  return id.version == 0 ? base58_encode(to_bytes(id)) : "b" + base32_encode(to_bytes(id));
}

content_id as_version_1(content_id id) {
  id.version = 1;
  return id;
}

bytes to_bytes(const content_id& id) {
  bytes data;
  if (id.version != 0)
    data = {id.version, static_cast<uint8_t>(id.encoding)};
  data.push_back(sha2_256);
  data.push_back(static_cast<uint8_t>(id.digest.size()));
  data.insert(data.end(), id.digest.begin(), id.digest.end());
  return data;
}

expected<content_id> content_id_from_text(std::string_view text) {
  if (text.size() > longest_text)
    return no_text_of_ours(text, no_id_of_ours("it is too long"));
  auto old = looks_like_version_0(text);
  auto data = old ? base58_decode(text) : multibase_decode(text);
  if (!data)
    return no_text_of_ours(text, no_id_of_ours("neither Qm... nor in a known base of multibase"));
  auto id = old ? version_0_in(*data) : version_1_in(*data);
  if (!id)
    return no_text_of_ours(text, id.error());
  return id;
}

expected<content_id> content_id_from_bytes(std::span<const uint8_t> data) {
  // The first byte of a version 0 is the code of SHA-256, which is no version.
  return !data.empty() && data.front() == sha2_256 ? version_0_in(data) : version_1_in(data);
}

} // namespace flwr
