// SPDX-License-Identifier: Apache-2.0
// A genome's way into a corpus: read once, cut into windows, filtered, written to a shard.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/corpus/block_dealer.h"
#include "data/corpus/composition.h"
#include "data/corpus/seen_windows.h"
#include "data/corpus/sequence_filter.h"
#include "data/corpus/window_cutter.h"
#include "formats/corpus/manifest.h"
#include "formats/corpus/shard.h"
#include "formats/sequences/sequence_reader.h"

namespace agront::data {

/// The genome after each filter, in their order; then the two parts.
enum Stage : size_t {
  kGenome,       ///< all sequences; no windows yet
  kSequences,    ///< sequences that are not left out
  kWindows,      ///< windows cut, shared bases counted in each; sequences shorter than a window have none
  kOnePart,      ///< windows that do not straddle two parts
  kNearRegions,  ///< near a region
  kKnown,        ///< with enough known bases
  kUnique,       ///< not seen before
  kTraining,
  kValidation,
  kNumStages
};

/// In a table's cell: "genome", "sequences", ...
const char* StageName(size_t stage);

struct GenomeSummary {
  std::string species;
  int64_t sequences = 0;
  int64_t sequences_left_out = 0;
  int64_t short_sequences = 0;  ///< shorter than a window
  std::array<Composition, kNumStages> stages;
  formats::LetterCounts letters;
  std::vector<std::string> notes;  ///< what was left out or not found, a sentence each
};

struct GenomeOptions {
  CutterOptions cutter;
  uint64_t seed = 0;
  double training_share = 0.95;
  int folds = 1;
  int64_t block_bases = kBlockBases;
  double min_known = 0.9;
  std::string feature = "gene";
  std::string repeat_feature;  ///< of GFF3 lines that are repeats; empty: all
  int64_t flank = 0;
  bool keep_duplicates = false;
};

/// Reads the genome of a manifest's row and adds its windows to `shard`. `seen` and `filter` are shared by all genomes
/// of a corpus. `progress` gets the bases read so far, and their share of the file.
/// Throws Error when a file is malformed, when two sequences have one name, when regions or repeats do not fit the
/// genome, when no sequence is as long as a window, and when no window is left.
GenomeSummary CutGenome(const formats::ManifestRow& row, const GenomeOptions& options, SeenWindows& seen,
                        SequenceFilter& filter, formats::ShardWriter& shard,
                        const std::function<void(int64_t bases, double fraction)>& progress);

}  // namespace agront::data
