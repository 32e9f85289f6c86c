// SPDX-License-Identifier: Apache-2.0
// Letters from the middle of an indexed sequence, with the lines around them held against the index.
#pragma once

#include <cstdint>
#include <string>

#include "formats/sequences/fasta_index.h"
#include "formats/sequences/random_access_file.h"

namespace agront::formats {

/// Letters [start, end) of a sequence as the file has them. Throws WrongIndex when a line that they are in does
/// not begin and end where the index says, or has a blank: then letters behind it would be others than asked for. In
/// lines of more than 64 kB only the ends within the range are checked.
std::string ReadLines(RandomAccessFile& genome, const IndexedSequence& sequence, int64_t start, int64_t end);

}  // namespace agront::formats
