// SPDX-License-Identifier: Apache-2.0
// Lines of a small-lined text format (BED, GFF3), plain, gzip or bgzip.
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

  /// The next line without its end (LF or CRLF). False at the end. Throws Error for a line above 16 MB.
  bool Next(std::string& line);

  /// "file.bed:17", of the line that Next gave last.
  std::string Place() const;

  double Progress() const { return input_.Progress(end_ - at_); }

 private:
  CompressedInput input_;
  std::vector<char> buffer_;
  size_t at_ = 0;
  size_t end_ = 0;
  int64_t line_number_ = 0;
};

/// The fields between tabs.
std::vector<std::string_view> SplitTabs(std::string_view line);

}  // namespace agront::formats
