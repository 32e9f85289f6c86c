// SPDX-License-Identifier: Apache-2.0
// The class of every base of a genome, from a BED file whose names are classes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/labelled/sources/labelled_source.h"

namespace agront::data {

/// In memory, 24 bytes an interval. Bases in no interval are of the class `background`; where it is empty, of none.
/// Bases that intervals of different classes claim are of none: what is true of them is not known.
class IntervalClasses {
 public:
  IntervalClasses(const std::string& path, std::string background);

  /// Every class, the background's among them.
  std::vector<std::string> Words() const;

  /// Runs of bases [start, end) of a sequence, counted from `start`.
  std::vector<ClassRun> Runs(const std::string& sequence, int64_t start, int64_t end) const;

  /// Counts all sequences.
  int64_t disputed_bases() const { return disputed_bases_; }

  /// Notes on lines that were left out, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Throws Error when an interval lies beyond its sequence's end: `length` bases, or -1 when the genome does not have
  /// it.
  void CheckFits(const std::string& genome, const std::map<std::string, int64_t>& lengths) const;

 private:
  static constexpr int kDisputed = -1;
  struct Interval {
    int64_t start;
    int64_t end;
    int word;
  };
  struct Sequence {
    std::vector<Interval> intervals;  // in order, disjoint
    int64_t furthest_end = 0;
    std::string place;  // of that interval
  };

  void MakeDisjoint(std::vector<Interval>& intervals);

  std::string background_;
  std::vector<std::string> words_;
  std::map<std::string, Sequence> sequences_;
  int64_t disputed_bases_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace agront::data
