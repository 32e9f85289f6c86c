// SPDX-License-Identifier: Apache-2.0
// Which examples are not independent of each other, so that a resample takes all of them or none.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/labelled/labelled_set.h"

namespace agront::data {

/// A number for each example: that of its group, or of its own where it has no group. Empty when every example is
/// independent, and when there are fewer than 20 numbers: with a handful of chromosomes or species a bootstrap
/// means nothing, and with one it gives an interval without width.
std::vector<int64_t> ClustersOf(const LabelledSet& set, std::span<const int64_t> examples);

}  // namespace agront::data
