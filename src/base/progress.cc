// SPDX-License-Identifier: Apache-2.0
#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace agront {
namespace {

std::string Duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// 12345678 as "12.3 M".
std::string Short(double count) {
  constexpr const char* kScales[] = {"", " k", " M", " G", " T"};
  size_t scale = 0;
  while (count >= 1000 && scale + 1 < std::size(kScales)) {
    count /= 1000;
    ++scale;
  }
  return scale == 0 ? fmt::format("{:.0f}", count) : fmt::format("{:.3g}{}", count, kScales[scale]);
}

}  // namespace

Progress::Progress(std::string label, std::string unit, bool quiet)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      shown_(start_) {}

Progress::~Progress() {
  if (terminal_ && !quiet_ && done_ > 0) Show(Clock::now());  // a full bar tells that the work is over
  if (drawn_) std::fputs("\n", stderr);
}

void Progress::Update(int64_t done, double fraction) {
  done_ = done;
  fraction_ = fraction;
  if (quiet_) return;
  const auto interval = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(30);
  const auto now = Clock::now();
  if (now - shown_ >= interval) Show(now);
}

void Progress::GoOnFrom(int64_t done, double fraction) {
  done_before_ = done;
  fraction_before_ = fraction;
}

void Progress::Note(const std::string& line) {
  if (quiet_) return;
  fmt::print(stderr, "{}{}\n", drawn_ ? "\r\x1b[K" : "", line);
  drawn_ = false;
}

void Progress::Show(Clock::time_point now) {
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_ - done_before_) / seconds : 0;
  std::string line = label_ + " ";
  if (fraction_ >= 0) {
    constexpr int kWidth = 30;
    const int full = static_cast<int>(std::clamp(fraction_, 0.0, 1.0) * kWidth);
    if (terminal_) line += "[" + std::string(full, '=') + std::string(kWidth - full, ' ') + "] ";
    line += fmt::format("{:3.0f} %  ", 100 * fraction_);
  }
  line += fmt::format("{} {}  {} {}/s  {}", Short(static_cast<double>(done_)), unit_, Short(rate), unit_,
                      Duration(seconds));
  if (fraction_ > fraction_before_ && fraction_ < 1)
    line += fmt::format("  {} left", Duration(seconds * (1 - fraction_) / (fraction_ - fraction_before_)));
  if (terminal_)
    fmt::print(stderr, "\r{}\x1b[K", line);
  else
    fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
  drawn_ = terminal_;
}

}  // namespace agront
