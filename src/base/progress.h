// SPDX-License-Identifier: Apache-2.0
// One stage of a job, as its reporter hears of it.
#pragma once

#include <cstdint>
#include <string>

#include "agront/reporter.h"

namespace agront {

class Progress {
 public:
  /// Begins the stage. `label` says what is done ("embedding"), `unit` what is counted ("tokens"). The reporter lives
  /// longer.
  Progress(Reporter& reporter, std::string label, std::string unit);

  /// Begins a stage that goes on from what an earlier process did of it. `is_resumable`: see ProgressReport.
  Progress(Reporter& reporter, std::string label, std::string unit, int64_t done, double fraction, bool is_resumable);

  ~Progress() { End(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` units so far; `fraction` of the whole, negative when not known. Cheap enough to call for every batch.
  /// Throws Stopped when the reporter says stop.
  void Update(int64_t done, double fraction);

  /// The same for callers that ask the reporter themselves whether to stop.
  void Show(int64_t done, double fraction);

  /// Ends the stage, before another one begins.
  void End() noexcept;

 private:
  Reporter& reporter_;
  std::string label_;
  std::string unit_;
  ProgressReport report_;
  bool is_over_ = false;
};

}  // namespace agront
