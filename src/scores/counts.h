// SPDX-License-Identifier: Apache-2.0
// How often each example counts: every score is a function of these, so that the bootstrap needs no copies of examples.
#pragma once

#include <cstdint>
#include <span>

namespace agront::scores {

/// All 1 for the set itself, the number of draws in a resample. A byte, so that those of half a million examples, which
/// are read in several orders, stay in the processor's second cache. In n draws out of n, one is drawn more than 255
/// times with a probability below n / 256!, about 1e-500.
using Count = uint8_t;
using Counts = std::span<const Count>;  ///< [examples]

}  // namespace agront::scores
