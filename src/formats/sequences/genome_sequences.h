// SPDX-License-Identifier: Apache-2.0
// The sequences of a genome, any part of which may be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

class GenomeSequences {
 public:
  virtual ~GenomeSequences() = default;

  /// Bases of a sequence; -1 when there is no such sequence.
  virtual int64_t Length(const std::string& sequence) const = 0;

  /// Bases [start, end) as A C G T N, upper case; `counts` grows by the letters that were changed.
  /// The range must lie inside the sequence. Throws Error for a letter that is no base.
  virtual std::string Fetch(const std::string& sequence, int64_t start, int64_t end, LetterCounts& counts) const = 0;

  /// All sequences, in their order.
  virtual std::vector<std::string> Names() const = 0;

  /// What a person should know of how they are read, a sentence each.
  virtual std::vector<std::string> Notes() const = 0;
};

}  // namespace agront::formats
