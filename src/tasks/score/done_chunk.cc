// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/done_chunk.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace agront::tasks {
namespace {

/// Indexes have no room for more, and manifests none for much more.
constexpr int64_t kFarthest = int64_t{1} << 40;

/// A whole number of INFO, its sign dropped; 0 when it is none.
int64_t Magnitude(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return kFarthest;
  return error == std::errc() ? std::clamp<int64_t>(number, 0, kFarthest) : 0;
}

/// Behind the last base of a record. Indexes take it from END, too, and from SVLEN some of them.
int64_t EndOf(const formats::VariantRecord& record) {
  int64_t end = std::max(record.position + static_cast<int64_t>(record.reference.size()), Magnitude(record.end));
  for (std::string_view rest = record.lengths; !rest.empty();) {
    const size_t comma = rest.find(',');
    end = std::max(end, record.position + Magnitude(rest.substr(0, comma)) + 1);
    rest.remove_prefix(std::min(comma, rest.size() - 1) + 1);
  }
  return end;
}

}  // namespace

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
  done.last_position = std::max(done.last_position, EndOf(record));
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
