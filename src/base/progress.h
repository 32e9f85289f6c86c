// SPDX-License-Identifier: Apache-2.0
// Progress of long work on standard error: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/progress_line.h"

namespace agront {

class Progress {
 public:
  /// `label` says what is done ("embedding"), `unit` what is counted ("tokens"). Shows nothing when `quiet`.
  Progress(std::string label, std::string unit, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` units so far; `fraction` of the whole, negative when not known. Cheap enough to call for every batch.
  void Update(int64_t done, double fraction);

  /// Says how much an earlier process did of the same work: rate and time left are about what is done here.
  void GoOnFrom(int64_t done, double fraction);

  /// Prints a line of its own, above the bar. Shown unless `quiet`.
  void Note(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;
  void Show(Clock::time_point now);

  ProgressState state_;
  bool quiet_;
  bool terminal_;
  Clock::time_point start_;
  Clock::time_point shown_;
  bool drawn_ = false;
};

}  // namespace agront
