// SPDX-License-Identifier: Apache-2.0
// The reports of a job while it runs, and how its caller stops it.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

#include "agront/export.h"

namespace agront {

/// How far one stage of a job is.
struct ProgressReport {
  std::string_view label;  ///< of the stage: "embedding"
  std::string_view unit;   ///< of `done`: "tokens"
  int64_t done = 0;        ///< units so far
  double fraction = -1;    ///< of the whole, 0 to 1; negative: not known
  // The part of the work that an earlier process did: rates and times left count only the work of this one.
  int64_t done_before = 0;
  double fraction_before = 0;
  bool is_resumable = false;  ///< a stop leaves a checkpoint, and the same job goes on from it
};

/// A job reports its progress and what a person should know, and asks whether to stop. Every function is called on
/// the thread that called the job, and does nothing unless it is overridden. Texts last until the function returns.
/// An exception of an override ends the job like an error of its own; EndStage must not throw.
class AGRONT_EXPORT Reporter {
 public:
  Reporter();
  virtual ~Reporter();
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  /// A stage begins: `done` is what an earlier process did of it. Stages do not overlap.
  virtual void BeginStage(const ProgressReport& progress);

  /// After each batch or step of the stage: possibly thousands of times a second.
  virtual void Update(const ProgressReport& progress);

  /// The stage is over, whether all of it was done or not.
  virtual void EndStage() noexcept;

  /// A text that a person may want to read, printable, without the line end; some have several lines.
  virtual void Note(std::string_view text);

  /// A text that a person should read: the job goes on, but its result may differ from the expected one.
  virtual void Warn(std::string_view text);

  /// Asked after each batch or step. Once true, the job ends there and throws Stopped; training writes its checkpoint
  /// first. Outputs that are not finished are removed.
  virtual bool ShouldStop();
};

/// Thrown by a job whose reporter said stop. It is no Error: nothing went wrong.
class AGRONT_EXPORT Stopped : public std::exception {
 public:
  Stopped() noexcept;
  ~Stopped() override;
  const char* what() const noexcept override;
};

}  // namespace agront
