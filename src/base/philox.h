// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: what comes out depends on key and counter alone, in any order and on any thread.
// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace agront {

using PhiloxBlock = std::array<uint32_t, 4>;

inline PhiloxBlock Philox(uint64_t key, PhiloxBlock counter) {
  auto low = static_cast<uint32_t>(key);
  auto high = static_cast<uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const uint64_t first = uint64_t{0xD2511F53} * counter[0];
    const uint64_t second = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ low, static_cast<uint32_t>(second),
               static_cast<uint32_t>(first >> 32) ^ counter[3] ^ high, static_cast<uint32_t>(first)};
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
  return counter;
}

/// Four independent values of the standard normal distribution, by Box and Muller's formula.
inline std::array<float, 4> PhiloxNormals(uint64_t key, PhiloxBlock counter) {
  const PhiloxBlock bits = Philox(key, counter);
  std::array<float, 4> values{};
  for (size_t i = 0; i < 4; i += 2) {
    const double radius = std::sqrt(-2 * std::log((bits[i] + 0.5) * 0x1p-32));  // never of 0
    const double angle = 2 * std::numbers::pi * bits[i + 1] * 0x1p-32;
    values[i] = static_cast<float>(radius * std::cos(angle));
    values[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
  return values;
}

}  // namespace agront
