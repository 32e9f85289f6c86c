// SPDX-License-Identifier: Apache-2.0
// Normally distributed numbers as a function of a key and a counter (base/philox.h), by Box and Muller's formula.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/philox.h"

namespace agront {

/// Four independent values with mean 0 and variance 1.
inline std::array<float, 4> Normals(const Philox& random) {
  const std::array<uint32_t, 4> words = random();
  std::array<float, 4> values{};
  for (size_t i = 0; i < words.size(); i += 2) {
    const double radius = std::sqrt(-2 * std::log(1 - UnitInterval(words[i])));  // never of 0
    const double angle = 2 * std::numbers::pi * UnitInterval(words[i + 1]);
    values[i] = static_cast<float>(radius * std::cos(angle));
    values[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
  return values;
}

}  // namespace agront
