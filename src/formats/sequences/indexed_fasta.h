// SPDX-License-Identifier: Apache-2.0
// Random access to the sequences of a FASTA file (htslib's faidx).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/sequences/sequence_reader.h"

namespace agront::formats {

/// Uses genome.fa.fai (and .gzi) where they are newer than the genome; else indexes into a temporary folder that goes
/// with this object. A file that faidx cannot index (plain gzip, lines of uneven length) is first written there anew.
/// Thread safety: none.
class IndexedFasta {
 public:
  explicit IndexedFasta(const std::string& path);
  ~IndexedFasta();
  IndexedFasta(const IndexedFasta&) = delete;
  IndexedFasta& operator=(const IndexedFasta&) = delete;

  /// Bases of a sequence; -1 when the file has no such sequence.
  int64_t Length(const std::string& sequence) const;

  /// Bases [start, end) as A C G T N, upper case; `counts` grows by the letters that were changed.
  /// The range must lie inside the sequence. Throws Error for a letter that is no base.
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end, LetterCounts& counts) const;

  /// The sequences in the order of the file.
  std::vector<std::string> Names() const;

  /// The first of them, for messages.
  std::vector<std::string> SomeNames() const;

  const std::string& path() const { return path_; }

 private:
  struct Files;
  std::string path_;
  std::unique_ptr<Files> files_;
};

}  // namespace agront::formats
