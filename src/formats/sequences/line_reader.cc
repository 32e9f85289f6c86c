// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/line_reader.h"

#include <algorithm>

#include "base/error.h"

namespace agront::formats {

/// Whether there is another byte; it is buffer_[at_] then.
bool LineReader::Peek() {
  if (at_ < end_) return true;
  at_ = 0;
  end_ = input_.Read(buffer_);
  return end_ > 0;
}

bool LineReader::Next(std::string& line) {
  constexpr size_t kMaxLine = 16'000'000;
  if (after_return_ && Peek() && buffer_[at_] == '\n') ++at_;
  after_return_ = false;
  line.clear();
  ++line_number_;
  bool any = false;
  while (Peek()) {
    any = true;
    const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto stop = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto line_end = std::find_if(begin, stop, [](char c) { return c == '\n' || c == '\r'; });
    line.append(begin, line_end);
    if (line.size() > kMaxLine) Fail("{}: expected lines of at most {} bytes", Place(), kMaxLine);
    at_ = static_cast<size_t>(line_end - buffer_.begin());
    if (line_end == stop) continue;
    ++at_;
    after_return_ = *line_end == '\r';
    break;
  }
  if (line.find('\0') != std::string::npos) Fail("{}: expected text, got a NUL byte", Place());
  return any;
}

std::string LineReader::Place() const { return fmt::format("{}:{}", input_.name(), line_number_); }

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

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
