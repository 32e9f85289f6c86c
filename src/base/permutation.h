// SPDX-License-Identifier: Apache-2.0
// A pseudo-random order of the numbers below `count`, one place at a time: a Feistel network over the next power of
// four, walked on until the number is below `count`. Nothing is stored, so an order of billions costs nothing.
#pragma once

#include <cstdint>

#include "base/philox.h"

namespace agront {

/// The item at `place` of the order, 0 <= place < count. Each order has a key and counter words 1 and 3 of its own;
/// word 0 is not used, and of word 2 only the lowest byte is.
uint64_t Permuted(uint64_t place, uint64_t count, const Philox& order);

}  // namespace agront
