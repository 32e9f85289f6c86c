// SPDX-License-Identifier: Apache-2.0
// Regions that a user types: "chr1", "chr1:5,001", "chr1:5001-6000", "chr1:5001-6000:-".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/sequences/indexed_fasta.h"
#include "formats/sequences/region_file.h"

namespace agront::formats {

/// Positions as samtools writes them: from 1, both ends included, commas allowed between digits; without an end the
/// region goes to the end of the sequence. A strand may follow the end; without one it is "+". A text that is the name
/// of a sequence is that sequence, even with colons in it. The name of a region is its text.
///
/// `genome` must live as long as the result. Throws UsageError for a text that is no region, and Error for a sequence
/// that the genome lacks; a region beyond its sequence's end is for the reader of its bases to refuse.
std::unique_ptr<RegionFile> OpenRegionList(const std::vector<std::string>& regions, const IndexedFasta& genome);

}  // namespace agront::formats
