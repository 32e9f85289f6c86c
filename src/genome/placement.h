// SPDX-License-Identifier: Apache-2.0
// Where the bases of a record lie on a genome.
#pragma once

#include <cstdint>

#include "genome/region.h"

namespace agront::genome {

/// A record that was read from a region of a genome, 5' to 3' on the region's strand.
struct Placement {
  Region region;                ///< may begin before its sequence or end behind it: the record has N there
  int64_t sequence_length = 0;  ///< of the sequence that the region is of

  /// Where bases [start, end) of the record lie on the forward strand, without those beyond the sequence's ends.
  Region Of(int64_t start, int64_t end) const;
};

}  // namespace agront::genome
