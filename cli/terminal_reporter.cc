// SPDX-License-Identifier: Apache-2.0
#include "terminal_reporter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "progress_line.h"

namespace agront::cli {

TerminalReporter::TerminalReporter() : is_terminal_(isatty(STDERR_FILENO) != 0) {}

void TerminalReporter::BeginStage(const ProgressReport& progress) {
  start_ = drawn_at_ = Clock::now();
  if (progress.is_resumable) signal_.emplace();
}

void TerminalReporter::Update(const ProgressReport& progress) {
  if (is_quiet) return;
  const auto interval = is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(30);
  const auto now = Clock::now();
  const bool is_whole = progress.fraction >= 1;  // a full bar means that the work is over
  if (now - drawn_at_ < interval && !(is_terminal_ && is_whole)) return;
  drawn_at_ = now;
  const std::string line = ProgressLine(progress, std::chrono::duration<double>(now - start_).count(), is_terminal_);
  if (is_terminal_)
    fmt::print(stderr, "\r{}\x1b[K", line);
  else
    fmt::print(stderr, "{}\n", line);
  std::fflush(stderr);
  is_drawn_ = is_terminal_;
}

void TerminalReporter::EndStage() noexcept {
  signal_.reset();
  if (is_drawn_) std::fputs("\n", stderr);
  is_drawn_ = false;
}

void TerminalReporter::Note(std::string_view text) {
  if (is_quiet) return;
  fmt::print(stderr, "{}{}\n", is_drawn_ ? "\r\x1b[K" : "", text);
  is_drawn_ = false;
}

void TerminalReporter::Warn(std::string_view text) { Note(fmt::format("warning: {}", text)); }

TerminalReporter& Terminal() {
  static TerminalReporter reporter;
  return reporter;
}

}  // namespace agront::cli
