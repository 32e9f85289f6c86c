// SPDX-License-Identifier: Apache-2.0
// One strand of a sequence of a genome, read from its 5' end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/sequences/genome_sequences.h"
#include "genome/variant.h"

namespace agront::data {

/// Bases of a genome near those that were asked for before: these are kept. Thread safety: none.
class GenomeBases {
 public:
  explicit GenomeBases(const formats::GenomeSequences& genome) : genome_(genome) {}

  /// -1 when there is no such sequence.
  int64_t Length(const std::string& sequence) const { return genome_.Length(sequence); }

  std::vector<std::string> Names() const { return genome_.Names(); }

  /// Bases [start, end), which lie inside the sequence, as A C G T N.
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end);
  char At(const std::string& sequence, int64_t position);

  /// Letters of what was read so far that are no A C G T N.
  const formats::LetterCounts& counts() const { return counts_; }

 private:
  void Keep(const std::string& sequence, int64_t start, int64_t end);

  const formats::GenomeSequences& genome_;
  formats::LetterCounts counts_;
  std::string sequence_;  // of what is kept
  int64_t start_ = 0;
  std::string bases_;
};

/// Positions count from the 5' end of the strand.
class Strand {
 public:
  Strand(GenomeBases& genome, const std::string& sequence, bool reverse)
      : genome_(genome), sequence_(sequence), length_(genome.Length(sequence)), reverse_(reverse) {}

  int64_t length() const { return length_; }
  bool reverse() const { return reverse_; }

  /// Bases [start, end) of the strand, 5' to 3'.
  std::string Fetch(int64_t start, int64_t end) const;

  /// A change of the forward strand on this one.
  genome::Change Of(const genome::Change& change) const;

  /// Where bases [start, end) of the forward strand begin on this one.
  int64_t StartOf(int64_t start, int64_t end) const { return reverse_ ? length_ - end : start; }

 private:
  GenomeBases& genome_;
  const std::string& sequence_;
  int64_t length_;
  bool reverse_;
};

}  // namespace agront::data
