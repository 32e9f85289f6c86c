// SPDX-License-Identifier: Apache-2.0
#include "genome/placement.h"

#include <algorithm>

namespace agront::genome {

Region Placement::Of(int64_t start, int64_t end) const {
  Region part = region;
  part.start = region.reverse ? region.end - end : region.start + start;
  part.end = region.reverse ? region.end - start : region.start + end;
  part.start = std::clamp<int64_t>(part.start, 0, sequence_length);
  part.end = std::clamp<int64_t>(part.end, part.start, sequence_length);
  return part;
}

}  // namespace agront::genome
