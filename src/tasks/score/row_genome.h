// SPDX-License-Identifier: Apache-2.0
// The bases around variants that rows of a table bring themselves, in the place of a genome.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/sequences/genome_sequences.h"
#include "formats/variants/variant_reader.h"

namespace agront::tasks {

/// Each row is a sequence of its own. Thread safety: none.
class RowGenome final : public formats::GenomeSequences {
 public:
  /// Forgets all rows.
  void Clear() { bases_.clear(); }

  /// Takes the bases of a record. Returns the name of their sequence, which stays until Clear.
  const std::string* Take(formats::VariantRecord& record);

  int64_t Length(const std::string& sequence) const override;
  /// Bases of tables were checked when they were read: `counts` stays.
  std::string Fetch(const std::string& sequence, int64_t start, int64_t end,
                    formats::LetterCounts& counts) const override;
  std::vector<std::string> Names() const override { return {}; }
  std::vector<std::string> Notes() const override { return {}; }

 private:
  std::map<std::string, std::string> bases_;  // by the number of the record
};

}  // namespace agront::tasks
