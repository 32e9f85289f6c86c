// SPDX-License-Identifier: Apache-2.0
// What an alternative allele of a record changes in the genome, or why it cannot be scored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agront/variant_scorer.h"
#include "data/variants/strand.h"
#include "formats/variants/variant_reader.h"
#include "genome/variant.h"
#include "tasks/score/contig_names.h"

namespace agront::tasks {

inline constexpr int kNumStatuses = static_cast<int>(VariantStatus::kTooLong) + 1;

struct Allele {
  VariantStatus status = VariantStatus::kScored;
  std::optional<genome::Change> change;  ///< when it can be scored
};

/// The alternatives of a record.
struct PlacedRecord {
  const std::string* sequence = nullptr;  ///< of the genome; null when there is none
  bool is_inside = false;                 ///< whether REF lies in it
  std::vector<Allele> alleles;
  /// What the genome has in the place of REF; empty unless they differ.
  std::string genome_bases;
};

/// Looks at a sequence of the genome. `longest` is as below.
PlacedRecord Place(const formats::VariantRecord& record, const std::string* sequence, data::GenomeBases& genome,
                   int64_t longest);

/// Looks at the genome. `longest` is the number of bases that a change may have.
PlacedRecord Place(const formats::VariantRecord& record, ContigNames& names, data::GenomeBases& genome,
                   int64_t longest);

}  // namespace agront::tasks
