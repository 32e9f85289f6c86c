// SPDX-License-Identifier: Apache-2.0
// Weights of losses that give rare classes as much to say as common ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/labelled/labelled_set.h"

namespace agront::data {

/// Examples with each value of each label, [label][value]. kBinary, kMultilabel: a label each, of two values;
/// kMulticlass, kToken (bases are counted): one label, a value a class; none for kRegression.
std::vector<std::vector<int64_t>> CountClasses(const LabelledSet& set, std::span<const int64_t> examples);

/// [label][value] as above: n / (values x n of the value), as scikit-learn's "balanced"; 1 for a value without
/// examples. Throws UsageError for kRegression.
std::vector<std::vector<float>> BalancedClassWeights(const LabelledSet& set, std::span<const int64_t> train);

}  // namespace agront::data
