// SPDX-License-Identifier: Apache-2.0
// Rounding to bfloat16 by its definition, for tests.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace agront::ops {

/// The nearest number of 8 significant bits, the even one of two: of a value that is not NaN. The numbers beside a
/// value are its upper 16 bits and the next; what is half a step past the largest one is infinite.
inline uint16_t RoundToBf16Reference(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto below = static_cast<uint16_t>(bits >> 16);
  const auto above = static_cast<uint16_t>(below + 1);
  if (std::isinf(value)) return below;
  const auto at = [](uint16_t half) { return static_cast<double>(std::bit_cast<float>(uint32_t{half} << 16)); };
  const double low = at(below);
  // Past the largest number a step goes on as if there were one more.
  const double high = std::isinf(at(above)) ? 2 * low - at(static_cast<uint16_t>(below - 1)) : at(above);
  const double to_low = std::abs(static_cast<double>(value) - low),
               to_high = std::abs(high - static_cast<double>(value));
  if (to_low != to_high) return to_low < to_high ? below : above;
  return (below & 1) == 0 ? below : above;
}

}  // namespace agront::ops
