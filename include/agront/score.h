// SPDX-License-Identifier: Apache-2.0
// The job `agront score`: how likely a masked language model finds the alternatives of variants.
#pragma once

#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/variant_scorer.h"

namespace agront {

struct ScoreOptions {
  JobOptions job;        ///< the output's name ends in .vcf.gz, .vcf or .bcf; "-": VCF
  std::string variants;  ///< VCF, plain, gzip or bgzip, "-" for VCF from standard input; or BCF
  std::string genome;    ///< FASTA
  VariantScoring scoring;
  bool mismatch_is_error = false;  ///< a reference allele that is not the genome's; else its alleles have no score
};

/// Writes the records in their order, as they are, with the scores and a status of each alternative allele in INFO,
/// OUT.json beside, and an index of a sorted file that can have one. Memory is bounded by 1,000 records. Throws
/// UsageError for options that do not fit the model or each other, Error for input that cannot be read, a genome that
/// is not that of the variants, and output that cannot be written, Stopped when the reporter says stop. Any thread may
/// call it, one job at a time.
AGRONT_EXPORT void Score(const ScoreOptions& options);

}  // namespace agront
