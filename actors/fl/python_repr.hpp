#pragma once

#include "messages/types.hpp"

#include <string>
#include <string_view>

namespace flwr {

/// What Python 3 prints, which is what Flower's log lines are made of. Pure; any thread.

/// `repr(float)`: the shortest digits that read back as the same double ("0.1", "1e-05", "nan").
std::string python_repr(double value);

/// `ascii(str)` of UTF-8 text: as `repr`, but everything beyond ASCII is escaped, so that nothing
/// that came over a network can steer a terminal. Bytes that aren't UTF-8 become \udc80 .. \udcff,
/// as Python decodes them with "surrogateescape".
std::string python_repr(std::string_view text);

/// `repr` of what Flower holds for a scalar: True, 5, 0.5, 'text', b'bytes'.
std::string python_repr(const scalar& value);

/// `repr` of a dict of metrics, in the order of its keys: {'accuracy': 0.5}.
std::string python_repr(const scalars& values);

} // namespace flwr
