// SPDX-License-Identifier: Apache-2.0
// What an alternative allele of a record changes in the genome, or why it cannot be scored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/variants/strand.h"
#include "formats/variants/variant_reader.h"
#include "genome/variant.h"
#include "tasks/score/contig_names.h"

namespace agront::tasks {

enum class AlleleStatus {
  kScored,
  kUsePll,         ///< llr and marginal are not defined: the change is not within one 6-mer
  kNoSixmer,       ///< no 6-mer without N holds the change
  kNoWindow,       ///< no window holds the change
  kChecked,        ///< could be scored, and no scores were asked for
  kRefDiffers,     ///< REF is not what the genome has
  kUnknownContig,  ///< the genome has no such sequence
  kBeyondContig,   ///< POS or REF lies outside the sequence
  kSymbolic,       ///< a symbolic allele other than <DEL>, <DUP> and <INV>, or without a length
  kStar,           ///< "*"
  kAnyAllele,      ///< "<*>" or "<NON_REF>"
  kBreakend,
  kAmbiguous,  ///< an IUPAC letter in ALT
  kInvalid,    ///< ALT is no allele
  kTooLong,    ///< more than half of the window
};

inline constexpr int kNumStatuses = static_cast<int>(AlleleStatus::kTooLong) + 1;

/// The word in AGRONT_STATUS.
const char* WordOf(AlleleStatus status);

struct Allele {
  AlleleStatus status = AlleleStatus::kScored;
  std::optional<genome::Change> change;  ///< when it can be scored
};

/// The alternatives of a record.
struct PlacedRecord {
  const std::string* sequence = nullptr;  ///< of the genome; null when there is none
  std::vector<Allele> alleles;
  /// What the genome has in the place of REF; empty unless they differ.
  std::string genome_bases;
};

/// Looks at the genome. `longest` is the number of bases that a change may have.
PlacedRecord Place(const formats::VariantRecord& record, ContigNames& names, data::GenomeBases& genome,
                   int64_t longest);

}  // namespace agront::tasks
