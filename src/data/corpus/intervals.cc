// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/intervals.h"

#include <algorithm>

#include "base/error.h"
#include "formats/printable.h"
#include "formats/sequences/region_file.h"

namespace agront::data {
namespace {

/// Puts in order and joins what touches.
void Merge(std::vector<Interval>& intervals) {
  std::ranges::sort(intervals, {}, &Interval::start);
  size_t kept = 0;
  for (const Interval& interval : intervals) {
    if (kept > 0 && interval.start <= intervals[kept - 1].end)
      intervals[kept - 1].end = std::max(intervals[kept - 1].end, interval.end);
    else
      intervals[kept++] = interval;
  }
  intervals.resize(kept);
  intervals.shrink_to_fit();
}

}  // namespace

Intervals::Intervals(const std::string& path, const std::string& feature, int64_t flank) {
  const auto file = formats::OpenRegionFile(path, feature);
  for (genome::Region region; file->Next(region);) {
    SequenceIntervals& sequence = sequences_[region.sequence];
    sequence.merged.push_back({std::max<int64_t>(region.start - flank, 0), region.end + flank});
    if (region.end > sequence.furthest_end) {
      sequence.furthest_end = region.end;
      sequence.place = file->Place();
    }
  }
  notes_ = file->Notes();
  for (auto& [name, sequence] : sequences_) Merge(sequence.merged);
}

const std::vector<Interval>& Intervals::Of(const std::string& sequence) {
  static const std::vector<Interval> none;
  const auto found = sequences_.find(sequence);
  if (found == sequences_.end()) return none;
  found->second.used = true;
  return found->second.merged;
}

void Intervals::CheckFits(const std::string& sequence, int64_t length) const {
  const auto found = sequences_.find(sequence);
  if (found != sequences_.end() && found->second.furthest_end > length)
    Fail("{}: expected an interval inside {}, which has {} bases, got one that ends at {}", found->second.place,
         formats::Printable(sequence), length, found->second.furthest_end);
}

void Intervals::CheckAllUsed(const std::string& genome) const {
  for (const auto& [name, sequence] : sequences_)
    if (!sequence.used) Fail("{}: sequence {} is not in {}", sequence.place, formats::Printable(name), genome);
}

bool Touches(const std::vector<Interval>& intervals, int64_t start, int64_t end) {
  const auto after =
      std::ranges::upper_bound(intervals, start, {}, &Interval::end);  // the first that ends behind start
  return after != intervals.end() && after->start < end;
}

}  // namespace agront::data
