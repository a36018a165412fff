#pragma once

#include "messages/runtime.hpp"

#include <boost/multiprecision/cpp_int.hpp>

namespace flwr {

/// A word of Ethereum: wei, and whatever a contract counts. Arithmetic wraps at 2^256.
using u256 = boost::multiprecision::uint256_t;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::u256)
