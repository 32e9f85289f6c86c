// SPDX-License-Identifier: Apache-2.0
// Lines of a text file with their ends: what is written must have the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/sequences/compressed_input.h"

namespace agront {
class Sha256;
}

namespace agront::formats {

/// Thread safety: none.
class WholeLines {
 public:
  /// A file, plain, gzip or bgzip; "-" is standard input. Throws Error when it cannot be opened.
  explicit WholeLines(const std::string& path) : input_(path), buffer_(kBuffer) {}
  /// An open file, which it owns, with a path for messages as above.
  WholeLines(hFILE* file, const std::string& path) : input_(file, path), buffer_(kBuffer) {}

  /// False at the end; the last line may lack its line end. Throws Error for a line of more than 1 GB or with a NUL
  /// byte, and for damaged compression.
  bool Next(std::string& line);

  /// "FILE:LINE", of the line that Next gave last.
  std::string Place() const;

  /// The share of the file that was read; negative when its size is not known.
  double Progress() const { return input_.Progress(end_ - at_); }

 private:
  static constexpr size_t kBuffer = 1 << 18;

  bool Refill();

  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t number_ = 0;
};

/// Passes over a line, whose bytes go to `sha` unless it is null. `buffer` is for use again.
bool SkipLine(WholeLines& lines, std::string& buffer, Sha256* sha);

}  // namespace agront::formats
