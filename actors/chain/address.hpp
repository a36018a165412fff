#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <string>
#include <string_view>

namespace flwr {

/// "0x" and 40 digits whose letters' case is a checksum. Pure, as everything here; any thread.
/// @source  EIP-55.
std::string to_text(const address&);

/// Reads "0x" and 40 digits: all lower case, all upper case, or with the right checksum.
/// @errors  rejected -- no address, or mixed case that is no checksum; says which.
expected<address> address_from_text(std::string_view);

/// Where a creation transaction of `sender` puts its contract. `nonce`: that transaction's.
/// @source  Yellow paper, section 7: the hash of RLP([sender, nonce]).
address create_address(const address& sender, uint64_t nonce);

/// Where CREATE2 puts a contract. `init_code_hash`: Keccak-256 of the whole creation code.
/// @source  EIP-1014.
address create2_address(const address& sender, const hash256& salt, const hash256& init_code_hash);

/// The last 20 bytes.
address address_in(const hash256&);

} // namespace flwr
