// SPDX-License-Identifier: Apache-2.0
// Windows of one length along sequences or regions of a genome, and the bases that each one speaks for.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/sequences/sequence_reader.h"

namespace agront::data {

/// 0-based half-open.
struct SlidingWindow {
  std::string sequence;
  int64_t start = 0;
  std::string bases;
  int64_t area_start = 0;  ///< bases nearer to its middle than to that of another window
  int64_t area_end = 0;

  std::string Place() const { return fmt::format("{}:{}", sequence, start); }
};

/// Memory is bounded by the window, not by the chromosome.
class SlidingWindows {
 public:
  /// Throws UsageError unless 0 < stride <= window.
  SlidingWindows(std::unique_ptr<formats::SequenceReader> genome, int64_t window, int64_t stride);

  /// False at the end. The areas of a sequence or region lie side by side and cover it. Throws UsageError for a region
  /// on the reverse strand, and for one that shares bases with another, Error for a second sequence of one name: bases
  /// would have two values.
  bool Next(SlidingWindow& window);

  int64_t too_short() const { return too_short_; }  ///< sequences shorter than a window, which have none
  double Progress() const { return genome_->Progress(); }
  const formats::SequenceReader& input() const { return *genome_; }

 private:
  /// Where the record lies in its sequence.
  void PlaceRegion();
  /// Goes on to the next sequence with a window. False when there is none.
  bool NextSequence();

  std::unique_ptr<formats::SequenceReader> genome_;
  int64_t window_;
  int64_t stride_;
  std::string name_;
  std::string bases_;                                       // of the sequence, from start_ on
  int64_t start_ = 0;                                       // in the sequence
  int64_t first_ = 0;                                       // of the region, in the sequence
  std::vector<genome::Region> regions_;                     // so far
  std::unordered_map<std::string, std::string> sequences_;  // so far, without regions, and where they begin
  bool has_window_ = false;
  int64_t too_short_ = 0;
};

}  // namespace agront::data
