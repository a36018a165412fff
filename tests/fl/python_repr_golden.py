#!/usr/bin/env python3
"""Prints python_repr_golden.hpp: what Python makes of floats, text and bytes."""

import struct

FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.1, 0.25, 0.3, 1 / 3, 2 / 3, 2.302, 2.302585092994046, 100.0, 1e5,
    123456789.0, 0.1 + 0.2, 1e-4, 0.00012345, 9.9999e-05, 1e-5, 1.5e-7, 1e15, 1e16, 1.5e16,
    9007199254740992.0, 9007199254740993.0, 9999999999999998.0, 12345678901234567.0, 1e17, 1e22,
    1e23, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 1e100, -1e-100, 20574.68,
    11215.65, 0.5707593048746521, float("inf"), float("-inf"), float("nan"),
    struct.unpack("<f", struct.pack("<f", 0.1))[0], struct.unpack("<f", struct.pack("<f", 2.3))[0],
]

TEXTS = [
    b"", b"accuracy", b"it's", b'"quoted"', b"it's \"both\"", b"back\\slash", b"\t\n\r\x00\x1b[31m\x7f",
    "é".encode(), "\x80\xa0\xad\xff".encode(), "Ā€语".encode(), "\u202e".encode(), "😀".encode(),
    "\U0010ffff".encode(), b"\xff", b"\xc3", b"a\xc3b", b"\xe2\x82", b"\xe2\x82A", b"\xc0\x80",
    b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80", b"\xf8\x88", b"\x80",
]


def literal(data):
    """A C++ string literal of bytes; octal escapes end after three digits."""
    return '"' + "".join(
        chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data) + '"'


print(f"""/// Written by python_repr_golden.py with Python 3; write it anew rather than editing it.
#pragma once

#include <cstdint>
#include <string_view>

namespace flwr::golden {{

struct float_case {{
  uint64_t bits;
  std::string_view repr;
}};

inline constexpr float_case floats[]{{""")
for value in FLOATS:
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    print(f"  {{0x{bits:016x}, {literal(repr(value).encode())}}},")
print("""};

struct text_case {
  std::string_view text;
  std::string_view ascii; ///< ascii(text.decode("utf-8", "surrogateescape"))
  std::string_view bytes; ///< repr(text)
};

inline constexpr text_case texts[]{""")
for data in TEXTS:
    size = len(data)
    shown = ascii(data.decode("utf-8", "surrogateescape")).encode()
    print(f"  {{{{{literal(data)}, {size}}}, {literal(shown)}, {literal(repr(data).encode())}}},")
print("""};

} // namespace flwr::golden""")
