// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/line_reader.h"

#include <algorithm>

#include "base/error.h"

namespace agront::formats {

bool LineReader::Next(std::string& line) {
  constexpr size_t kMaxLine = 16'000'000;
  line.clear();
  ++line_number_;
  bool any = false;
  for (;;) {
    if (at_ == end_) {
      at_ = 0;
      end_ = input_.Read(buffer_);
      if (end_ == 0) break;
    }
    any = true;
    const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto stop = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto newline = std::find(begin, stop, '\n');
    line.append(begin, newline);
    if (line.size() > kMaxLine) Fail("{}: expected lines of at most {} bytes", Place(), kMaxLine);
    at_ = static_cast<size_t>(newline - buffer_.begin());
    if (newline == stop) continue;
    ++at_;
    break;
  }
  if (line.ends_with('\r')) line.pop_back();
  return any;
}

std::string LineReader::Place() const { return fmt::format("{}:{}", input_.name(), line_number_); }

std::vector<std::string_view> SplitTabs(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace agront::formats
