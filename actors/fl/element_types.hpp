/// How the elements of a tensor are read, bounded and written, by dtype: the inside of `exact_sum`.
#pragma once

#include "actors/fl/ratio.hpp"
#include "messages/parameters.hpp"

#include <bit>
#include <concepts>
#include <cstring>

namespace flwr {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie in memory");

/// Element `i` of a tensor of `T`, which may lie unaligned.
template <class T>
T load(const uint8_t* data, size_t i) {
  T value;
  std::memcpy(&value, data + i * sizeof value, sizeof value);
  return value;
}

template <class T>
void store(uint8_t* data, size_t i, T value) {
  std::memcpy(data + i * sizeof value, &value, sizeof value);
}

/// Types that are summed. `magnitude` masks the sign away; `limit` is the pattern of the greatest
/// value allowed, 2^20 or the type's last finite one: patterns of magnitudes grow with the values.
struct float32_element {
  using word = uint32_t;
  static constexpr word magnitude = 0x7fffffff;
  static constexpr word limit = 0x49800000;
  static constexpr float_format format = float32_format;
  static float value(word w) { return std::bit_cast<float>(w); }
};

struct bfloat16_element {
  using word = uint16_t;
  static constexpr word magnitude = 0x7fff;
  static constexpr word limit = 0x4980;
  static constexpr float_format format = bfloat16_format;
  static float value(word w) { return std::bit_cast<float>(uint32_t{w} << 16); }
};

struct float16_element {
  using word = uint16_t;
  static constexpr word magnitude = 0x7fff;
  static constexpr word limit = 0x7bff;
  static constexpr float_format format = float16_format;
  /// Exact for finite values: a float16 moved to a float32's fields is 2^112 times too small.
  static float value(word w) {
    auto moved = (uint32_t{w} & 0x8000) << 16 | (uint32_t{w} & 0x7fff) << 13;
    return std::bit_cast<float>(moved) * 0x1p112f;
  }
};

/// Types whose greatest value is kept: integers, and booleans as 0 and 1.
template <std::integral T>
struct integer_element {
  using word = T;
};

struct boolean_element {
  using word = uint8_t;
};

template <class Element>
concept summed_element = requires {
  Element::format;
};

/// Calls `visit` with the element type of `type`.
/// @returns  False without a call for a type that can't be averaged.
template <class Visit>
bool visit_element(dtype type, Visit visit) {
  switch (type) {
  case dtype::f32:
    return visit(float32_element{}), true;
  case dtype::f16:
    return visit(float16_element{}), true;
  case dtype::bf16:
    return visit(bfloat16_element{}), true;
  case dtype::u64:
    return visit(integer_element<uint64_t>{}), true;
  case dtype::i64:
    return visit(integer_element<int64_t>{}), true;
  case dtype::u32:
    return visit(integer_element<uint32_t>{}), true;
  case dtype::i32:
    return visit(integer_element<int32_t>{}), true;
  case dtype::u16:
    return visit(integer_element<uint16_t>{}), true;
  case dtype::i16:
    return visit(integer_element<int16_t>{}), true;
  case dtype::u8:
    return visit(integer_element<uint8_t>{}), true;
  case dtype::i8:
    return visit(integer_element<int8_t>{}), true;
  case dtype::boolean:
    return visit(boolean_element{}), true;
  default:
    return false;
  }
}

} // namespace flwr
