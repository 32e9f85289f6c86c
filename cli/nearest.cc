// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <algorithm>
#include <limits>

namespace agront::cli {
namespace {

/// Optimal string alignment distance.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> least(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        least[i][j] = i + j;
        continue;
      }
      const size_t change = least[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      least[i][j] = std::min({least[i - 1][j] + 1, least[i][j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        least[i][j] = std::min(least[i][j], least[i - 2][j - 2] + 1);
    }
  }
  return least[a.size()][b.size()];
}

}  // namespace

NearestWord Nearest(const std::string& word, const std::vector<std::string>& words) {
  constexpr size_t kLongest = 40;  // no word of ours is longer
  constexpr size_t kShortestBeginning = 3;
  const std::string beginning = word.substr(0, kLongest);
  size_t least = std::numeric_limits<size_t>::max();
  std::string nearest;
  for (const std::string& one : words) {
    const bool begins = word.size() >= kShortestBeginning && one.starts_with(word);
    const size_t distance = begins ? 0 : Distance(beginning, one);
    if (distance >= least) continue;
    least = distance;
    nearest = one;
  }
  return {nearest, least <= std::max<size_t>(1, word.size() / 3)};
}

}  // namespace agront::cli
