// SPDX-License-Identifier: Apache-2.0
// A genome that a caller has in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agront/sequences.h"
#include "formats/sequences/genome_sequences.h"

namespace agront::data {

/// Thread safety: any thread may read it.
class GenomeInMemory final : public formats::GenomeSequences {
 public:
  /// Throws Error "sequence 3 (NAME): ..." for letters that are no bases, and for a name that comes twice.
  explicit GenomeInMemory(std::vector<SequenceRecord> sequences);

  int64_t Length(const std::string& sequence) const override;
  /// Letters were counted when the genome was made: `counts` stays.
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end,
                    formats::LetterCounts& counts) const override;
  std::vector<std::string> Names() const override;
  std::vector<std::string> Notes() const override { return {}; }

 private:
  std::vector<SequenceRecord> sequences_;
  std::map<std::string, size_t> places_;  // in sequences_
};

}  // namespace agront::data
