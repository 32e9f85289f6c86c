// SPDX-License-Identifier: Apache-2.0
#include "base/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace agront {

Progress::Progress(std::string label, std::string unit, bool quiet)
    : state_{.label = std::move(label), .unit = std::move(unit)},
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(Clock::now()),
      shown_(start_) {}

Progress::~Progress() {
  if (terminal_ && !quiet_ && state_.done > 0) Show(Clock::now());  // a full bar tells that the work is over
  if (drawn_) std::fputs("\n", stderr);
}

void Progress::Update(int64_t done, double fraction) {
  state_.done = done;
  state_.fraction = fraction;
  if (quiet_) return;
  const auto interval = terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(30);
  const auto now = Clock::now();
  if (now - shown_ >= interval) Show(now);
}

void Progress::GoOnFrom(int64_t done, double fraction) {
  state_.done_before = done;
  state_.fraction_before = fraction;
}

void Progress::Note(const std::string& line) {
  if (quiet_) return;
  fmt::print(stderr, "{}{}\n", drawn_ ? "\r\x1b[K" : "", line);
  drawn_ = false;
}

void Progress::Show(Clock::time_point now) {
  shown_ = now;
  state_.seconds = std::chrono::duration<double>(now - start_).count();
  const std::string line = ProgressLine(state_, terminal_);
  if (terminal_)
    fmt::print(stderr, "\r{}\x1b[K", line);
  else
    fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
  drawn_ = terminal_;
}

}  // namespace agront
