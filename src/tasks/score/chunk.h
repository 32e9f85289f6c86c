// SPDX-License-Identifier: Apache-2.0
// Records that are scored together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/variants/variant_reader.h"
#include "inference/variant_scorer.h"
#include "tasks/score/allele.h"
#include "tasks/score/score_fields.h"

namespace agront::tasks {

/// A record with what becomes of each of its alternatives.
struct ScoredRecord {
  formats::VariantRecord record;
  std::string place;  ///< in the file, for messages
  PlacedRecord placed;
  std::vector<AlleleStatus> statuses;
  std::vector<VariantScores> scores;
};

using Chunk = std::vector<ScoredRecord>;

inline constexpr size_t kRecordsOfChunk = 1'000;

/// Batches do not go beyond a chunk, so what is in a chunk alone decides about its scores.
class ChunkScorer {
 public:
  /// `scorer` is null when no scores are asked for. All live longer.
  ChunkScorer(const ScorePlan& plan, data::GenomeBases& genome, ContigNames& names, inference::VariantScorer* scorer,
              bool mismatch_is_error)
      : plan_(plan), genome_(genome), names_(names), scorer_(scorer), mismatch_is_error_(mismatch_is_error) {}

  /// The next records, as many as a chunk has or those that are left, with what their alternatives change. Throws Error
  /// for a reference allele that the genome has not, when that is asked for.
  Chunk Read(formats::VariantReader& reader);

  /// Throws Error, with the likely cause, when the genome has another reference allele for more than half of the
  /// records whose place is in it.
  void CheckGenome(const Chunk& chunk, const std::string& variants, const std::string& genome) const;

  /// `after_window` is called as in VariantScorer::Run.
  void Score(Chunk& chunk, const std::function<void(double share)>& after_window);

 private:
  const ScorePlan& plan_;
  data::GenomeBases& genome_;
  ContigNames& names_;
  inference::VariantScorer* scorer_;
  bool mismatch_is_error_;
};

}  // namespace agront::tasks
