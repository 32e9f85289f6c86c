// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

namespace agront::ops {

/// Calls work(first, count) for all parts of `rows` rows, each of `most` rows but the last.
template <class Work>
void ForEachPart(int64_t rows, int64_t most, const Work& work) {
  for (int64_t first = 0; first < rows; first += most) work(first, std::min(most, rows - first));
}

}  // namespace agront::ops
