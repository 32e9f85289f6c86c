// SPDX-License-Identifier: Apache-2.0
// The word that somebody meant.
#pragma once

#include <string>
#include <vector>

namespace agront::cli {

struct NearestWord {
  std::string word;
  bool is_near = false;  ///< near enough to be meant
};

/// That of `words`, of which there is one at least, that `word` begins, or that differs from it by the fewest letters
/// put in, left out, changed or swapped with the next one. Near are a beginning, and words of which at most a third
/// differs.
NearestWord Nearest(const std::string& word, const std::vector<std::string>& words);

}  // namespace agront::cli
