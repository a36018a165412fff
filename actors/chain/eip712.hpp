/// Typed data: what a wallet can show before it signs. typed_messages.hpp has this project's own.
/// @source  EIP-712.
#pragma once

#include "actors/chain/abi.hpp"

#include <functional>
#include <map>
#include <optional>

namespace flwr {

/// A member of a struct. `type` is an elementary type of the ABI, a struct's name, or an array of
/// these: `address`, `Person`, `uint8[2][]`; but `uint256`, not `uint`.
struct typed_member {
  std::string name;
  std::string type;
};

/// Structs by their names. They may refer to each other in circles.
using typed_structs = std::map<std::string, std::vector<typed_member>, std::less<>>;

/// Who asks for signatures: one that is given here is good nowhere else. Any subset.
struct typed_domain {
  std::optional<std::string> name;
  std::optional<std::string> version;
  std::optional<u256> chain_id;
  std::optional<address> verifying_contract;
  std::optional<hash256> salt;
};

/// No value nests structs and arrays deeper.
inline constexpr size_t max_typed_depth = 32;

/// The struct, then all that it refers to by name: `Mail(Person from)Person(string name)`.
/// @errors  usage -- there is no such struct, or a member's type is none.
expected<std::string> encode_type(const typed_structs&, std::string_view name);

/// The type's hash and a word for each member: 32 bytes each. A struct's value is the abi_list of
/// its members, in order.
/// @errors  usage -- as above; the value isn't of the type, or is too deep.
expected<bytes> encode_data(const typed_structs&, std::string_view name, const abi_value&);

/// The Keccak-256 of that.
expected<hash256> hash_struct(const typed_structs&, std::string_view name, const abi_value&);

/// The hash of the domain as the struct `EIP712Domain`, with the members that are there.
hash256 domain_separator(const typed_domain&);

/// What is signed: keccak256(0x19 0x01 || domain || message), the message being a struct's hash.
hash256 typed_digest(const hash256& domain, const hash256& message);

} // namespace flwr
