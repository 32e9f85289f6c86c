// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/chunk.h"

#include <utility>

#include "base/error.h"
#include "formats/printable.h"
#include "genome/nucleotide.h"

namespace agront::tasks {

Chunk ChunkScorer::Read(formats::VariantReader& reader) {
  Chunk chunk;
  for (formats::VariantRecord record; chunk.size() < kRecordsOfChunk && reader.Next(record); record = {}) {
    PlacedRecord placed = Place(record, names_, genome_, plan_.longest());
    std::string place = reader.Place();
    if (mismatch_is_error_ && !placed.genome_bases.empty())
      Fail("{}: REF: expected {} as the genome has, got {}", place, formats::Printable(placed.genome_bases, 40),
           formats::Printable(record.reference, 40));
    chunk.push_back({std::move(record), std::move(place), std::move(placed), {}, {}});
  }
  return chunk;
}

void ChunkScorer::CheckGenome(const Chunk& chunk, const std::string& variants, const std::string& genome) const {
  int64_t known = 0, differ = 0, of_other_strand = 0;
  for (const ScoredRecord& scored : chunk) {
    const PlacedRecord& placed = scored.placed;
    const formats::VariantRecord& record = scored.record;
    const auto end = record.position + static_cast<int64_t>(record.reference.size());
    if (placed.sequence == nullptr || record.position < 0 || end > genome_.Length(*placed.sequence)) continue;
    ++known;
    if (placed.genome_bases.empty()) continue;
    ++differ;
    std::string other = placed.genome_bases;
    genome::ReverseComplement(other);
    if (genome::FitsGenome(record.reference, other)) ++of_other_strand;
  }
  if (2 * differ <= known) return;
  const char* cause = 2 * of_other_strand > differ
                          ? "alleles may be those of the other strand"
                          : "this may be another assembly, or contigs of the same name that are others";
  Fail("{}: REF differs from {} in {} of the first {} records: {}", variants, genome, differ, known, cause);
}

void ChunkScorer::Score(Chunk& chunk, const std::function<void(double share)>& after_window) {
  for (ScoredRecord& scored : chunk) {
    scored.scores.resize(scored.placed.alleles.size());
    for (const Allele& allele : scored.placed.alleles) {
      scored.statuses.push_back(allele.change && scorer_ == nullptr ? AlleleStatus::kChecked : allele.status);
      if (allele.change && scorer_ != nullptr) scorer_->Add(*scored.placed.sequence, *allele.change);
    }
  }
  if (scorer_ == nullptr) return;
  const std::vector<VariantScores> scores = scorer_->Run(after_window);
  size_t next = 0;
  for (ScoredRecord& scored : chunk)
    for (size_t i = 0; i < scored.placed.alleles.size(); ++i) {
      const Allele& allele = scored.placed.alleles[i];
      if (!allele.change) continue;
      scored.scores[i] = scores[next++];
      scored.statuses[i] = StatusOf(plan_, *allele.change, scored.scores[i]);
    }
}

}  // namespace agront::tasks
