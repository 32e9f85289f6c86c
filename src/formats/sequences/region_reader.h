// SPDX-License-Identifier: Apache-2.0
// Regions of a genome as records: what `bedtools getfasta -s` would write, without the file between.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agront/job.h"
#include "formats/sequences/indexed_fasta.h"
#include "formats/sequences/region_file.h"
#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

/// The regions that the options name: those of a file, or a list. `genome` must live as long as the result.
std::unique_ptr<RegionFile> OpenNamedRegions(const std::string& file, const std::vector<std::string>& list,
                                             const std::string& feature, const IndexedFasta& genome);

/// The window of each region as a record. One on the reverse strand is given as its reverse complement, so that every
/// record reads 5' to 3'. NextRecord throws Error with file and line for a region of a sequence that the genome lacks,
/// or whose window reaches past its sequence, unless `pads_at_ends` puts N there.
std::unique_ptr<SequenceReader> OpenRegions(const InputOptions& input);

}  // namespace agront::formats
