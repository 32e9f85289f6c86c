// SPDX-License-Identifier: Apache-2.0
// The regions of a BED or GFF3 file as records: what `bedtools getfasta -s` would write, without the file between.
#pragma once

#include <memory>
#include <string>

#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

/// A region on the reverse strand is given as its reverse complement, so that every record reads 5' to 3'.
/// `feature` is the type of GFF3 lines to read. NextRecord throws Error with file and line for a region of a sequence
/// that the genome lacks or outside its sequence.
std::unique_ptr<SequenceReader> OpenRegions(const std::string& genome, const std::string& regions,
                                            const std::string& feature);

}  // namespace agront::formats
