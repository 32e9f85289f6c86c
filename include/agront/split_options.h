// SPDX-License-Identifier: Apache-2.0
// How labelled examples are divided into those to train on, to stop by and to test with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront {

struct SplitOptions {
  std::vector<std::string> test_groups = {};   ///< groups (chromosomes, species, families) that are for the test
  std::vector<std::string> valid_groups = {};  ///< and for validation
  double test_share = 0;      ///< of examples that nothing else assigns, drawn for the test when nothing else is in it
  double valid_share = 0.05;  ///< of the training examples, drawn for validation when nothing else is in it
  uint64_t seed = 0;
  bool train_file_is_divided = false;  ///< by groups: files for other parts stand beside the training file
};

}  // namespace agront
