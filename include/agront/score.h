// SPDX-License-Identifier: Apache-2.0
// The job `agront score`: how likely a masked language model finds the alternatives of variants.
#pragma once

#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/variant_scorer.h"

namespace agront {

struct ScoreOptions {
  JobOptions job;  ///< the output's name ends in .vcf.gz, .vcf, .bcf or .tsv; "-": VCF
  /// VCF, plain, gzip or bgzip, BCF, or a table with columns chrom, pos (from 1), ref and alt; "-" is standard input.
  std::string variants;
  /// A table without a header, of two columns: a contig's name in the variants, and that sequence's in the genome.
  /// Empty: none. Contigs that it has not are found by their names.
  std::string contig_names;
  std::string genome;  ///< FASTA; empty for a table with columns sequence and start (from 0)
  VariantScoring scoring;
  bool mismatch_is_error = false;  ///< a reference allele that is not the genome's; else its alleles have no score
  int64_t chunk_records = 0;       ///< records of a chunk; 0: 1,000, or 100,000 without scores
  /// This part of so many: each takes whole chunks. With more than one the output is a part, for MergeVariants
  /// (merge.h).
  int64_t shard = 1;
  int64_t shards = 1;
  std::string report;  ///< a table to write: how many alleles have which status; empty: none
};

/// Writes the records in their order, as they are, with the scores and a status of each alternative allele in INFO,
/// OUT.json beside, and an index of a sorted file that can have one. Memory is bounded by 1,000 records. Chunks of a
/// file that are done are kept in the folder OUT.unfinished until all are: the same call goes on from there, and
/// refuses to where options, variants, genome or model have changed. Ranks of mpirun share the chunks. The bytes of the
/// output depend on none of this. Throws UsageError for options that do not fit the model or each other, Error for
/// input that cannot be read, a genome that is not that of the variants, and output that cannot be written, Stopped
/// when the reporter says stop. Any thread may call it, one job at a time.
AGRONT_EXPORT void Score(const ScoreOptions& options);

}  // namespace agront
