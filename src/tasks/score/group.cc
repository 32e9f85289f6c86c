// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/group.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "formats/printable.h"
#include "genome/nucleotide.h"

namespace agront::tasks {

Group ReadGroup(formats::VariantReader& reader, int64_t at_most) {
  constexpr size_t kBytes = 32'000'000;
  const size_t most = std::min(kRecordsOfGroup, static_cast<size_t>(at_most));
  Group group;
  size_t bytes = 0;
  for (formats::VariantRecord record; group.size() < most && bytes < kBytes && reader.Next(record); record = {}) {
    bytes += record.size();
    group.push_back({std::move(record), reader.Place(), {}, {}, {}});
  }
  return group;
}

void GroupScorer::Place(Group& group) {
  if (rows_ != nullptr) rows_->Clear();
  for (ScoredRecord& scored : group) {
    formats::VariantRecord& record = scored.record;
    if (rows_ != nullptr) {
      record.position -= record.bases_start;
      scored.placed = tasks::Place(record, rows_->Take(record), genome_, plan_.longest());
      record.position += record.bases_start;
    } else {
      scored.placed = tasks::Place(record, names_, genome_, plan_.longest());
    }
    if (mismatch_is_error_ && !scored.placed.genome_bases.empty())
      Fail("{}: REF: expected {} as the genome has, got {}", scored.place,
           formats::Printable(scored.placed.genome_bases, 40), formats::Printable(scored.record.reference, 40));
  }
}

void GroupScorer::CheckGenome(const Group& group, const std::string& variants, const std::string& genome) const {
  int64_t known = 0, differ = 0, of_other_strand = 0;
  for (const ScoredRecord& scored : group) {
    const PlacedRecord& placed = scored.placed;
    if (!placed.is_inside) continue;
    ++known;
    if (placed.genome_bases.empty()) continue;
    ++differ;
    std::string other = placed.genome_bases;
    genome::ReverseComplement(other);
    if (genome::FitsGenome(scored.record.reference, other)) ++of_other_strand;
  }
  if (2 * differ <= known) return;
  const char* cause = 2 * of_other_strand > differ
                          ? "alleles may be those of the other strand"
                          : "this may be another assembly, or contigs of the same name that are others";
  Fail("{}: REF differs from {} in {} of the first {} records: {}", variants, genome, differ, known, cause);
}

void GroupScorer::Score(Group& group, const std::function<void(double share)>& after_window) {
  for (ScoredRecord& scored : group) {
    scored.scores.resize(scored.placed.alleles.size());
    for (const Allele& allele : scored.placed.alleles) {
      scored.statuses.push_back(allele.change && scorer_ == nullptr ? VariantStatus::kChecked : allele.status);
      if (allele.change && scorer_ != nullptr) scorer_->Add(*scored.placed.sequence, *allele.change);
    }
  }
  if (scorer_ == nullptr) return;
  const std::vector<VariantScores> scores = scorer_->Run(after_window);
  size_t next = 0;
  for (ScoredRecord& scored : group)
    for (size_t i = 0; i < scored.placed.alleles.size(); ++i) {
      const Allele& allele = scored.placed.alleles[i];
      if (!allele.change) continue;
      scored.scores[i] = scores[next++];
      scored.statuses[i] = StatusOf(plan_, *allele.change, scored.scores[i]);
    }
}

}  // namespace agront::tasks
