// SPDX-License-Identifier: Apache-2.0
// A call into the library as Python sees it: without its lock, with progress, ended by Ctrl-C.
#pragma once

#include <nanobind/nanobind.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "agront/reporter.h"

namespace agront::python {

namespace nb = nanobind;

/// Made, used and destroyed with Python's lock; the library's job runs without it, in Run.
class PythonReporter final : public Reporter {
 public:
  /// `progress(label, unit, done, fraction)` is called at most once in `interval` seconds, or None; `notice(kind,
  /// text)` with "note" or "warning".
  PythonReporter(nb::object progress, double interval, nb::object notice)
      : progress_(std::move(progress)), notice_(std::move(notice)), interval_(interval) {}

  /// The share of the whole input, where the job does not know it.
  void SetShare(std::function<double()> share) { share_ = std::move(share); }

  /// Runs `work` without Python's lock. What a callback raised, and KeyboardInterrupt, is raised here once the job has
  /// ended.
  template <class Work>
  void Run(const Work& work) {
    try {
      const nb::gil_scoped_release unlocked;
      work();
    } catch (const Stopped&) {
      Raise();
      throw;
    }
    Raise();
  }

  void Update(const ProgressReport& progress) override;
  void Note(std::string_view text) override { Notice("note", text); }
  void Warn(std::string_view text) override { Notice("warning", text); }
  bool ShouldStop() override;

 private:
  using Clock = std::chrono::steady_clock;

  void Notice(const char* kind, std::string_view text);
  /// Calls Python; what that raises is kept, and stops the job.
  void Call(const std::function<void()>& call);
  void Raise();

  nb::object progress_;
  nb::object notice_;
  std::chrono::duration<double> interval_;
  std::function<double()> share_;
  std::unique_ptr<nb::python_error> raised_;
  Clock::time_point asked_at_ = Clock::now();
  Clock::time_point shown_at_ = asked_at_;
};

/// For work in steps that takes no reporter itself: throws Stopped when it is to end.
inline void StopIfAsked(Reporter& reporter) {
  if (reporter.ShouldStop()) throw Stopped();
}

}  // namespace agront::python
