// SPDX-License-Identifier: Apache-2.0
// Lines of a small-lined text format (BED, GFF3, .fai), plain, gzip or bgzip.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/sequences/compressed_input.h"

namespace agront::formats {

class LineReader {
 public:
  explicit LineReader(const std::string& path) : input_(path), buffer_(1 << 16) {}

  /// The next line without its end (LF, CRLF or CR). False at the end. Throws Error for a line above 16 MB, or with a
  /// NUL.
  bool Next(std::string& line);

  /// "file.bed:17", of the line that Next gave last.
  std::string Place() const;

  double Progress() const { return input_.Progress(end_ - at_); }
  std::vector<std::string> Notes() const { return input_.Notes(); }

 private:
  bool Peek();

  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  bool after_return_ = false;
  int64_t line_number_ = 0;
};

/// Without blanks at its ends.
std::string_view TrimBlanks(std::string_view text);

/// The fields between tabs.
std::vector<std::string_view> SplitTabs(std::string_view line);

}  // namespace agront::formats
