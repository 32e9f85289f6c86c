// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/whole_lines.h"

#include <cstring>

#include "base/error.h"
#include "base/sha256.h"

namespace agront::formats {

bool WholeLines::Next(std::string& line) {
  constexpr size_t kLongest = 1'000'000'000;
  line.clear();
  ++number_;
  while (at_ < end_ || Refill()) {
    const char* begin = buffer_.data() + at_;
    const auto* found = static_cast<const char*>(std::memchr(begin, '\n', end_ - at_));
    const size_t count = found == nullptr ? end_ - at_ : static_cast<size_t>(found - begin) + 1;
    line.append(begin, count);
    at_ += count;
    if (line.size() > kLongest) Fail("{}: expected lines of at most {} bytes", Place(), kLongest);
    if (found != nullptr) break;
  }
  if (line.find('\0') != std::string::npos) Fail("{}: expected text, got a NUL byte", Place());
  return !line.empty();
}

std::string WholeLines::Place() const { return fmt::format("{}:{}", input_.name(), number_); }

bool WholeLines::Refill() {
  at_ = 0;
  end_ = input_.Read(buffer_);
  return end_ > 0;
}

bool SkipLine(WholeLines& lines, std::string& buffer, Sha256* sha) {
  if (!lines.Next(buffer)) return false;
  if (sha != nullptr) sha->Update(buffer);
  return true;
}

}  // namespace agront::formats
