// SPDX-License-Identifier: Apache-2.0
// Records that are scored together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "formats/variants/variant_reader.h"
#include "inference/variant_scorer.h"
#include "tasks/score/allele.h"
#include "tasks/score/row_genome.h"
#include "tasks/score/score_fields.h"

namespace agront::tasks {

/// A record with what becomes of each of its alternatives.
struct ScoredRecord {
  formats::VariantRecord record;
  std::string place;  ///< in the file, for messages
  PlacedRecord placed;
  std::vector<VariantStatus> statuses;
  std::vector<VariantScores> scores;
};

using Group = std::vector<ScoredRecord>;

inline constexpr size_t kRecordsOfGroup = 1'000;

/// The next records: `at_most`, kRecordsOfGroup, or fewer where they are long (lines of many samples). What is in the
/// file from here on, and `at_most`, alone decide how many. None at the end.
Group ReadGroup(formats::VariantReader& reader, int64_t at_most);

/// Batches do not go beyond a group, so what is in a group alone decides about its scores.
class GroupScorer {
 public:
  /// `scorer` is null when no scores are asked for, `rows` unless records bring their bases; else it is what `genome`
  /// reads. All live longer.
  GroupScorer(const ScorePlan& plan, data::GenomeBases& genome, ContigNames& names, inference::VariantScorer* scorer,
              bool mismatch_is_error, RowGenome* rows = nullptr)
      : plan_(plan),
        genome_(genome),
        names_(names),
        scorer_(scorer),
        mismatch_is_error_(mismatch_is_error),
        rows_(rows) {}

  /// Finds out what the alternatives change. Throws Error for a reference allele that the genome has not, when that is
  /// asked for.
  void Place(Group& group);

  /// Throws Error, with the likely cause, when the genome has another reference allele for more than half of the
  /// records whose place is in it.
  void CheckGenome(const Group& group, const std::string& variants, const std::string& genome) const;

  /// `after_window` is called as in VariantScorer::Run.
  void Score(Group& group, const std::function<void(double share)>& after_window);

 private:
  const ScorePlan& plan_;
  data::GenomeBases& genome_;
  ContigNames& names_;
  inference::VariantScorer* scorer_;
  bool mismatch_is_error_;
  RowGenome* rows_;
};

}  // namespace agront::tasks
