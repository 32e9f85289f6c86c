// SPDX-License-Identifier: Apache-2.0
// Windows cut out of a sequence that comes piece by piece.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace agront::data {

struct CutterOptions {
  int64_t window_bases = 6138;
  int64_t overlap = 50;  ///< 0 to window_bases - 1
  int64_t shift = 0;     ///< not 0: a second set of windows, from this base on
};

/// Windows start every window_bases - overlap bases. The last one is moved back to end with the sequence, so that no
/// base is lost; the shifted set has no such window, it would be the same. A sequence shorter than a window gives none.
/// Holds a window and a piece, not the sequence.
class WindowCutter {
 public:
  explicit WindowCutter(const CutterOptions& options) : options_(options) { BeginSequence(); }

  void BeginSequence();

  /// Adds letters (as base_code.h reads them). Gives the codes of these letters, to mark repeats in, until the next
  /// call.
  std::span<uint8_t> Append(std::string_view letters);

  /// No more letters come.
  void EndSequence() { ended_ = true; }

  /// The next window that is complete, in the order of their starts. `codes` is good until the next Append.
  bool Next(int64_t& start, std::span<const uint8_t>& codes);

  /// Bases so far.
  int64_t length() const { return first_ + static_cast<int64_t>(codes_.size()); }

 private:
  int64_t Step() const { return options_.window_bases - options_.overlap; }

  CutterOptions options_;
  std::vector<uint8_t> codes_;
  int64_t first_ = 0;         // place of codes_[0] in the sequence
  int64_t next_ = 0;          // start of the next window
  int64_t next_shifted_ = 0;  // and of the next one of the shifted set
  bool ended_ = false;
  int64_t covered_ = 0;  // end of the last window of the first set
};

}  // namespace agront::data
