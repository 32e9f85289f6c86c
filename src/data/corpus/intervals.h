// SPDX-License-Identifier: Apache-2.0
// The intervals of a BED or GFF3 file, by sequence: where windows are wanted, or where repeats are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace agront::data {

/// 0-based half-open.
struct Interval {
  int64_t start = 0;
  int64_t end = 0;
};

/// The intervals of one sequence.
struct SequenceIntervals {
  std::vector<Interval> merged;  ///< in order, neither touching nor overlapping
  int64_t furthest_end = 0;      ///< as the file has it, before a flank was added
  std::string place;             ///< file and line of that interval
  bool used = false;
};

class Intervals {
 public:
  /// Reads all of a file; `feature` as for OpenRegionFile. Each interval grows by `flank` to both sides.
  /// Throws Error with file and line for text that is neither BED nor GFF3.
  Intervals(const std::string& path, const std::string& feature, int64_t flank);

  /// The lines that were left out of the file, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

  /// The intervals of a sequence, none if the file does not name it; valid as long as this object.
  const std::vector<Interval>& Of(const std::string& sequence);

  /// Throws Error when an interval of the sequence ends behind `length`.
  void CheckFits(const std::string& sequence, int64_t length) const;

  /// Throws Error when the file names a sequence that Of() was never asked for: `genome` does not have it.
  void CheckAllUsed(const std::string& genome) const;

 private:
  std::map<std::string, SequenceIntervals> sequences_;
  std::vector<std::string> notes_;
};

/// Whether an interval of an ordered list has a base of [start, end).
bool Touches(const std::vector<Interval>& intervals, int64_t start, int64_t end);

}  // namespace agront::data
