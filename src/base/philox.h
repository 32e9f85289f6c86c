// SPDX-License-Identifier: Apache-2.0
// Random numbers as a function of a key and a counter: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011). No state: any number of any stream can be asked for, by any thread or rank.
#pragma once

#include <array>
#include <cstdint>

namespace agront {

struct Philox {
  std::array<uint32_t, 2> key{};
  std::array<uint32_t, 4> counter{};

  /// Four independent words, uniform over 32 bits.
  std::array<uint32_t, 4> operator()() const {
    constexpr int kRounds = 10;
    std::array<uint32_t, 4> x = counter;
    std::array<uint32_t, 2> k = key;
    for (int round = 0; round < kRounds; ++round) {
      const uint64_t low = uint64_t{0xD2511F53} * x[0];
      const uint64_t high = uint64_t{0xCD9E8D57} * x[2];
      x = {static_cast<uint32_t>(high >> 32) ^ x[1] ^ k[0], static_cast<uint32_t>(high),
           static_cast<uint32_t>(low >> 32) ^ x[3] ^ k[1], static_cast<uint32_t>(low)};
      k[0] += 0x9E3779B9;  // the golden ratio
      k[1] += 0xBB67AE85;  // the square root of 3, less 1
    }
    return x;
  }
};

/// A 32-bit word as a number below `bound`; even within bound / 2^32.
inline uint32_t Below(uint32_t bound, uint32_t word) { return static_cast<uint32_t>((uint64_t{bound} * word) >> 32); }

/// The same from two words, for bounds above 2^32.
inline uint64_t Below(uint64_t bound, uint32_t high, uint32_t low) {
  const uint64_t word = uint64_t{high} << 32 | low;
  return static_cast<uint64_t>((static_cast<unsigned __int128>(bound) * word) >> 64);
}

/// A 32-bit word as a number in [0, 1).
inline double UnitInterval(uint32_t word) { return word * 0x1p-32; }

}  // namespace agront
