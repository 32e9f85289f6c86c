// SPDX-License-Identifier: Apache-2.0
// The job `agront score`: how likely a masked language model finds the alternatives of variants.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

/// Scores of a variant; docs/variants.md has the formulas.
enum class VariantScore {
  kLlr,       ///< of the 6-mer that holds the change, masked: for substitutions within one
  kMarginal,  ///< the same of all 6-mers with the changed bases
  kPll,       ///< of pseudo-log-likelihoods of the 6-mers at the change, for every kind of it
};

struct ScoreOptions {
  JobOptions job;        ///< the output's name ends in .vcf.gz, .vcf or .bcf; "-": VCF
  std::string variants;  ///< VCF, plain, gzip or bgzip, "-" for VCF from standard input; or BCF
  std::string genome;    ///< FASTA
  std::vector<VariantScore> scores = {VariantScore::kLlr, VariantScore::kPll};  ///< none: records are only checked
  /// Places of the 6-mers: 0, the best one for llr and marginal, six for pll; 1, one for all; 6, six for pll, and llr
  /// and marginal also as the mean over all places.
  int frames = 0;
  int64_t window_bp = 0;           ///< 6 (2 k + 1); 0: 5,994 or as many as the model takes
  int64_t pll_flank = 4;           ///< 6-mers on each side of the change that pll scores
  bool mismatch_is_error = false;  ///< a reference allele that is not the genome's; else its alleles have no score
};

/// Writes the records in their order, as they are, with the scores and a status of each alternative allele in INFO,
/// OUT.json beside, and an index of a sorted file that can have one. Memory is bounded by 1,000 records. Throws
/// UsageError for options that do not fit the model or each other, Error for input that cannot be read, a genome that
/// is not that of the variants, and output that cannot be written, Stopped when the reporter says stop. Any thread may
/// call it, one job at a time.
AGRONT_EXPORT void Score(const ScoreOptions& options);

}  // namespace agront
