// SPDX-License-Identifier: Apache-2.0
// Small sequence files in memory. The jobs stream; this is for programs that look at a gene or a plastome.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agront/export.h"

namespace agront {

/// A record of a FASTA file: A C G T N in upper case, `<mask>` as in the file.
struct SequenceRecord {
  std::string name;
  std::string bases;
};

/// Gives sequences one by one: fills the record and returns true, false at the end. Letters may be in either case,
/// IUPAC codes (read as N), U (as T) and `<mask>`. Called on a thread of its own, one call at a time; it owns what it
/// reads from, for after an error elsewhere a call may still be going on. What it throws ends the call that it was
/// given to.
using SequenceSource = std::function<bool(SequenceRecord&)>;

/// A line of a BED or GFF3 file, 0-based half-open.
struct SequenceRegion {
  std::string name;
  std::string sequence;
  int64_t start = 0;
  int64_t end = 0;
  bool reverse = false;
};

/// The other strand, read 5' to 3', in upper case. Letters are read as Encode reads them, so IUPAC codes become N;
/// `<mask>` stays. Throws Error for another letter. Any thread may call it at any time.
AGRONT_EXPORT std::string ReverseComplement(std::string_view bases);

/// The records of a FASTA file, plain, gzip or bgzip, one after the other. Thread safety: one thread at a time.
class AGRONT_EXPORT FastaReader {
 public:
  /// Throws Error for a file that cannot be opened: MissingFile when it is not there.
  explicit FastaReader(const std::string& path);
  ~FastaReader();
  FastaReader(FastaReader&&) noexcept;
  FastaReader& operator=(FastaReader&&) noexcept;

  /// Fills the record and returns true, false at the end. Throws Error "FILE:LINE: ..." where the file is not FASTA.
  bool Next(SequenceRecord& record);

  /// The share of the file that was read, 0 to 1; negative when its size is not known (standard input).
  double Progress() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All records of a FASTA file, plain, gzip or bgzip. Throws Error for a file that cannot be read. Any thread may call
/// it at any time.
AGRONT_EXPORT std::vector<SequenceRecord> ReadFasta(const std::string& path);

/// All regions of a BED file, or all lines of the type `feature` of a GFF3 file. Throws Error for a file that cannot be
/// read, also when there are none. Any thread may call it at any time.
AGRONT_EXPORT std::vector<SequenceRegion> ReadRegions(const std::string& path, const std::string& feature = "gene");

}  // namespace agront
