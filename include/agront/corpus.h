// SPDX-License-Identifier: Apache-2.0
// The job `agront corpus`: genomes cut into windows, ready for pretraining.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct CorpusOptions {
  JobOptions job;        ///< job.output is a folder that does not exist yet, or a corpus to replace with `force`
  std::string manifest;  ///< table with the header `species fasta regions weight` and perhaps `repeats`, by tabs

  int64_t window_tokens = 1024;  ///< of a window, <cls> included: 6 (window_tokens - 1) bases
  int64_t overlap = 50;          ///< bases that neighbouring windows share
  int64_t shift = 0;             ///< not 0: also the windows that start this many bases later
  int64_t block_bp = 1'000'000;  ///< bases of the blocks that are dealt to training, validation and folds
  double training_share = 0.95;  ///< of the blocks, the others are for validation
  int folds = 1;                 ///< parts of equal chance that blocks are dealt to, for cross-validation
  uint64_t seed = 0;             ///< of the dealing

  double min_known = 0.9;              ///< share of A, C, G, T that a window must have
  std::optional<std::string> feature;  ///< types of GFF3 lines that are regions, separated by commas; else "gene"
  std::string repeat_feature;          ///< types of GFF3 lines that are repeats; needed where a file has several
  int64_t flank = 0;                   ///< windows this near to a region are kept, too
  bool keep_duplicates = false;        ///< keep windows equal to an earlier one or to its reverse complement
  std::vector<std::string> without_species;
  std::vector<std::string> without_sequences;  ///< "chr1" of every species, or "species:chr1"
};

/// Writes corpus.json, a shard for each species, report.html and report.tsv. The folder appears whole or not at all.
/// Throws UsageError for a number out of its range and a name that no genome has, Error for a manifest or a genome that
/// cannot be read, a folder that cannot be written, and when no window is left. Any thread may call it, one job at a
/// time.
AGRONT_EXPORT void BuildCorpus(const CorpusOptions& options);

/// Compares every window of a corpus with its checksum. Throws Error naming the first damaged one, or the file of the
/// corpus that cannot be read. Any thread may call it, one job at a time.
AGRONT_EXPORT void VerifyCorpus(const std::string& folder, Reporter* reporter = nullptr);

}  // namespace agront
