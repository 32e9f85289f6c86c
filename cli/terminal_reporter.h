// SPDX-License-Identifier: Apache-2.0
// Jobs on standard error: a bar on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <optional>

#include "agront/reporter.h"
#include "stop_signal.h"

namespace agront::cli {

/// In a stage that can be resumed, SIGTERM, SIGINT, SIGHUP and SIGUSR1 say stop.
class TerminalReporter final : public Reporter {
 public:
  TerminalReporter();

  bool is_quiet = false;  ///< show nothing; signals still stop

  void BeginStage(const ProgressReport& progress) override;
  void Update(const ProgressReport& progress) override;
  void EndStage() noexcept override;
  void Note(std::string_view text) override;
  void Warn(std::string_view text) override;
  bool ShouldStop() override { return signal_ && signal_->is_requested(); }

 private:
  using Clock = std::chrono::steady_clock;

  const bool is_terminal_;
  Clock::time_point start_;
  Clock::time_point drawn_at_;
  bool is_drawn_ = false;  // a bar that no line end follows yet
  std::optional<StopSignal> signal_;
};

/// The reporter of the program's jobs.
TerminalReporter& Terminal();

}  // namespace agront::cli
