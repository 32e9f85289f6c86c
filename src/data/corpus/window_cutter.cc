// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/window_cutter.h"

#include <algorithm>

#include "formats/corpus/base_code.h"

namespace agront::data {

void WindowCutter::BeginSequence() {
  codes_.clear();
  first_ = 0;
  next_ = 0;
  next_shifted_ = options_.shift;
  ended_ = false;
  covered_ = 0;
}

std::span<uint8_t> WindowCutter::Append(std::string_view letters) {
  // The window at the end may reach back a whole window from what comes next.
  const int64_t earliest = options_.shift == 0 ? next_ : std::min(next_, next_shifted_);
  const int64_t unused = std::min(earliest, length() - options_.window_bases) - first_;
  if (unused > 0) {
    codes_.erase(codes_.begin(), codes_.begin() + unused);
    first_ += unused;
  }
  const size_t old_size = codes_.size();
  codes_.resize(old_size + letters.size());
  const std::span<uint8_t> added = std::span(codes_).subspan(old_size);
  std::ranges::transform(letters, added.begin(),
                         [](char letter) { return formats::kBaseCodes[static_cast<unsigned char>(letter)]; });
  return added;
}

bool WindowCutter::Next(int64_t& start, std::span<const uint8_t>& codes) {
  const int64_t window = options_.window_bases;
  const auto give = [&](int64_t at) {
    start = at;
    codes = std::span<const uint8_t>(codes_).subspan(static_cast<size_t>(at - first_), static_cast<size_t>(window));
    return true;
  };
  const bool has_shifted = options_.shift != 0 && next_shifted_ + window <= length();
  const bool has_plain = next_ + window <= length();
  if (has_shifted && (!has_plain || next_shifted_ < next_)) {
    next_shifted_ += Step();
    return give(next_shifted_ - Step());
  }
  if (has_plain) {
    covered_ = next_ + window;
    next_ += Step();
    return give(covered_ - window);
  }
  if (!ended_ || covered_ == length() || length() < window) return false;
  covered_ = length();
  return give(length() - window);
}

}  // namespace agront::data
