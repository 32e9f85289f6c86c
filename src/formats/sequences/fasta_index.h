// SPDX-License-Identifier: Apache-2.0
// Where the sequences of a FASTA file stand, so that one can begin to read anywhere (the .fai of samtools).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/sequences/random_access_file.h"

namespace agront::formats {

/// A sequence in lines of one length; the last one may be shorter.
struct IndexedSequence {
  std::string name;
  int64_t length = 0;      ///< bases
  int64_t offset = 0;      ///< of its first base in the text
  int64_t line_bases = 0;  ///< of each line but the last; 0 without bases
  int64_t line_bytes = 0;  ///< the same with the line's end

  /// Where a base stands in the text.
  int64_t Position(int64_t base) const { return offset + base / line_bases * line_bytes + base % line_bases; }
  /// Behind the last base.
  int64_t End() const { return length == 0 ? offset : Position(length - 1) + 1; }
};

/// The sequences of a .fai in the order of the genome. Throws WrongIndex for what is no .fai, or not of a text of so
/// many bytes.
std::vector<IndexedSequence> ReadFai(const std::string& path, int64_t text_bytes);

/// Throws WrongIndex unless the sequences, in order, are all that the genome has: between each two, and at both ends of
/// the file, stand a line end and the header of the next one, and nothing else. A few short reads a sequence; lines in
/// the middle are compared when bases of them are read (IndexedFasta).
void CheckFits(const std::vector<IndexedSequence>& sequences, RandomAccessFile& genome);

/// Reads all of a genome. Nothing when its lines are of other lengths, have blanks, or end in old ways: such a file can
/// only be read from the beginning. Throws Error with file and line for a name that comes twice.
std::optional<std::vector<IndexedSequence>> BuildFastaIndex(const std::string& path, RandomAccessFile& genome);

}  // namespace agront::formats
