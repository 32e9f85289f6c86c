// SPDX-License-Identifier: Apache-2.0
// From a feature of a genome to the bases of a record.
#pragma once

#include <cstdint>
#include <string>

#include "formats/sequences/indexed_fasta.h"
#include "genome/feature_window.h"
#include "genome/placement.h"

namespace agront::formats {

/// Where the window of a feature lies. Throws Error beginning with `place` when the genome lacks the sequence, or when
/// the window reaches past its sequence and may not be padded, or has none of its bases.
genome::Placement PlaceWindow(const genome::Region& feature, const genome::FeatureWindow& window,
                              const IndexedFasta& genome, bool pads_at_ends, const std::string& place);

/// Whether part of the record lies beyond the ends of its sequence.
bool IsPadded(const genome::Placement& placement);

/// Bases [start, end) of the record, 5' to 3' on its strand, N beyond the ends of the sequence.
std::string FetchPlaced(const genome::Placement& placement, int64_t start, int64_t end, const IndexedFasta& genome,
                        LetterCounts& counts);

}  // namespace agront::formats
