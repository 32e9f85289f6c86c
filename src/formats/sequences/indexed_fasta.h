// SPDX-License-Identifier: Apache-2.0
// Random access to the sequences of a FASTA file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/sequences/genome_sequences.h"
#include "formats/sequences/htslib_log.h"

namespace agront::formats {

/// Uses genome.fa.fai (and .gzi) where they fit the genome: a .fai that is not older, whose sequences begin and end
/// where they do in the file, which is compared when it is opened, and whose lines do, as far as they are fetched. Else
/// an index is made for this object, which reads the genome once; a file that only can be read from its beginning
/// (plain gzip, lines of uneven length or with blanks) is copied into a temporary file first. The genome's folder is
/// not written to.
///
/// Not htslib's faidx: it passes over blanks, so that bases behind them are others than asked for, keeps the first of
/// two sequences with one name, and ends the process at a damaged .gzi. Thread safety: none.
class IndexedFasta final : public GenomeSequences {
 public:
  /// Throws Error for a file that is no FASTA or has a name twice.
  explicit IndexedFasta(const std::string& path);
  ~IndexedFasta() override;
  IndexedFasta(const IndexedFasta&) = delete;
  IndexedFasta& operator=(const IndexedFasta&) = delete;

  int64_t Length(const std::string& sequence) const override;
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end, LetterCounts& counts) const override;
  std::vector<std::string> Names() const override;

  /// The first names, for messages.
  std::vector<std::string> SomeNames() const;

  /// Why an index is not used, a sentence each.
  std::vector<std::string> Notes() const override;

  const std::string& path() const { return path_; }

 private:
  class Sequences;
  HtslibLogOff log_off_;
  std::string path_;
  std::unique_ptr<Sequences> sequences_;
};

}  // namespace agront::formats
