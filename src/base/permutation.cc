// SPDX-License-Identifier: Apache-2.0
#include "base/permutation.h"

#include <bit>

namespace agront {

uint64_t Permuted(uint64_t place, uint64_t count, const Philox& order) {
  constexpr uint32_t kRounds = 6;
  constexpr int kRoundShift = 8;
  const int half_bits = (std::bit_width(count - 1) + 1) / 2;
  const uint64_t half_mask = (uint64_t{1} << half_bits) - 1;
  uint64_t number = place;
  do {
    uint64_t left = number >> half_bits;
    uint64_t right = number & half_mask;
    for (uint32_t round = 0; round < kRounds; ++round) {
      Philox scrambled = order;
      scrambled.counter[0] = static_cast<uint32_t>(right);
      scrambled.counter[2] = (order.counter[2] & 0xFF) | (round + 1) << kRoundShift;
      const uint64_t mixed = left ^ (scrambled()[0] & half_mask);
      left = right;
      right = mixed;
    }
    number = left << half_bits | right;
  } while (number >= count);
  return number;
}

}  // namespace agront
