// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/done_chunk.h"

#include <fmt/format.h>

#include <algorithm>

namespace agront::tasks {

void SortOrder::Add(const std::string& contig, int64_t first, int64_t last) {
  if (!is_sorted_) return;
  if (!runs_.empty() && runs_.back().contig == contig) {
    is_sorted_ = first >= runs_.back().last;
    runs_.back().last = last;
    return;
  }
  is_sorted_ = contigs_.insert(contig).second;
  runs_.push_back({contig, first, last});
}

void Count(const ScoredRecord& scored, DoneChunk& done) {
  const formats::VariantRecord& record = scored.record;
  ++done.records;
  for (const VariantStatus status : scored.statuses) ++done.alleles[static_cast<size_t>(status)];
  done.last_position = std::max(done.last_position, record.position + static_cast<int64_t>(record.reference.size()));
  done.order.Add(record.contig, record.position, record.position);
}

void Summary::Add(const DoneChunk& done) {
  records_ += done.records;
  passes_ += done.passes;
  last_position_ = std::max(last_position_, done.last_position);
  for (size_t i = 0; i < alleles_.size(); ++i) alleles_[i] += done.alleles[i];
  if (!done.order.is_sorted()) order_.SetUnsorted();
  for (const SortOrder::Run& run : done.order.runs()) order_.Add(run.contig, run.first, run.last);
}

std::string Summary::Statuses() const {
  std::string text;
  for (size_t i = 0; i < alleles_.size(); ++i)
    if (alleles_[i] > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", alleles_[i], WordOf(static_cast<VariantStatus>(i)));
  return text.empty() ? "none" : text;
}

std::string Summary::Text() const {
  return fmt::format("{} {}; alleles: {}", records_, records_ == 1 ? "record" : "records", Statuses());
}

}  // namespace agront::tasks
