#pragma once

#include "messages/runtime.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace flwr {

using bytes = std::vector<uint8_t>;

/// Immutable bytes to be stored. Actors share a blob; nobody copies it.
using blob_ptr = std::shared_ptr<const bytes>;

/// The participant's number: `--cid` on the command line, and only there.
enum class client_id : uint64_t {};

/// A digest of 32 bytes: SHA-256 or Keccak-256, as the place says.
using hash256 = std::array<uint8_t, 32>;

/// The last 20 bytes of the Keccak-256 of a public key, or of a contract's origin.
using address = std::array<uint8_t, 20>;

/// An ECDSA signature as wallets exchange it: r, s, and 27 or 28.
using signature_bytes = std::array<uint8_t, 65>;

/// How the block behind a content id is encoded (the multicodec table's numbers).
enum class codec : uint8_t {
  raw = 0x55,    ///< The bytes themselves.
  dag_pb = 0x70, ///< A UnixFS node.
};

/// An IPFS content id: codec and SHA-256 digest of its root block. The version is the text form
/// only: 0 is `Qm...` (dag_pb), 1 is `baf...`.
struct content_id {
  hash256 digest{};
  codec encoding = codec::raw;
  uint8_t version = 1;

  friend auto operator<=>(const content_id&, const content_id&) = default;
};

/// A value of Flower's config and metrics maps.
using scalar = std::variant<bool, int64_t, double, std::string, bytes>;

/// Flower's config or metrics: in the order of the keys, bytewise.
using scalars = std::map<std::string, scalar>;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::bytes)
FLWR_LOCAL_MESSAGE(flwr::address)
FLWR_LOCAL_MESSAGE(flwr::hash256)
FLWR_LOCAL_MESSAGE(flwr::blob_ptr)
FLWR_LOCAL_MESSAGE(flwr::client_id)
FLWR_LOCAL_MESSAGE(flwr::content_id)
FLWR_LOCAL_MESSAGE(std::vector<flwr::content_id>)
