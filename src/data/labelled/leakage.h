// SPDX-License-Identifier: Apache-2.0
// Sequences on both sides of a split: what makes a score better than the model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/labelled/labelled_set.h"
#include "data/labelled/split.h"

namespace agront::data {

/// Two examples whose bases are equal, on one strand or the other, or nearly so.
struct Duplicate {
  int64_t example = 0;  ///< in `part`
  int64_t other = 0;    ///< in `other_part`
  double shared = 1;    ///< share of the 16-mers of the shorter one that both have; 1 when equal
  bool equal = false;
};

struct PartLeak {
  std::string part;              ///< "test" or "valid"
  std::string other_part;        ///< "train" or "valid"
  int64_t examples = 0;          ///< of `part`
  int64_t equal = 0;             ///< of them with an equal sequence in the other part
  int64_t near = 0;              ///< of the others, with a near one
  int64_t same_id = 0;           ///< with an id that the other part has, too
  int64_t same_group = 0;        ///< with a group that the other part has, too
  std::vector<Duplicate> shown;  ///< some, equal ones first
};

struct LeakageReport {
  std::vector<PartLeak> leaks;       ///< test in train, test in valid, valid in train: those whose parts have examples
  int64_t repeated_in_train = 0;     ///< training examples whose bases an earlier one has
  int64_t contradicting = 0;         ///< examples of all parts with the bases of an earlier one and other labels
  std::vector<int64_t> leaked_test;  ///< test examples that are equal or near to a training example, in order
};

struct LeakageOptions {
  /// Share of 16-mers, on either strand, from which on two sequences are near: sequences that are 92 % identical share
  /// a quarter (0.92^16), so do windows that overlap by a quarter.
  double near_share = 0.25;
  size_t shown = 20;  ///< pairs to show of a leak
};

/// Near-linear time; memory of 16 bytes an example and 300 MB (data/labelled/near_duplicates.h, which says what may be
/// missed).
LeakageReport FindLeaks(const LabelledSet& set, const Split& split, const LeakageOptions& options = {});

/// The findings, a sentence each, for the terminal and the report; none when nothing leaks.
std::vector<std::string> Describe(const LeakageReport& report, const LabelledSet& set);

}  // namespace agront::data
