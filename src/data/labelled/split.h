// SPDX-License-Identifier: Apache-2.0
// Which examples are trained on, which stop the training, which test the result.
//
// A draw does not depend on the order of the examples: units (the examples of one group; without a group, those of
// equal bases on either strand) are ordered by a hash of the group or bases and the seed, and taken in that order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/split_options.h"
#include "data/labelled/labelled_set.h"

namespace agront::data {

/// Indices of a LabelledSet, each list in order; no example is in two of them.
struct Split {
  std::vector<int64_t> train;
  std::vector<int64_t> valid;
  std::vector<int64_t> test;
};

/// An example goes where its file or column says; of the training file where its group is named; else a draw decides.
/// An example whose file or column says another part than its group is refused. Without any example for validation,
/// `valid_share` of the training examples are drawn for it, never of the test. Throws Error when a named group does not
/// exist, or nothing is left to train on.
Split MakeSplit(const LabelledSet& set, const SplitOptions& options);

/// Cross-validation: every example is tested once. Validation as above. Throws UsageError when there are fewer units
/// than folds, or when the input says where examples belong.
std::vector<Split> MakeFolds(const LabelledSet& set, int folds, const SplitOptions& options);

/// Throws Error when a class, or one side of a label, has no example to train on.
void CheckClasses(const LabelledSet& set, const Split& split);

}  // namespace agront::data
