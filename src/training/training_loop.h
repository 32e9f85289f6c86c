// SPDX-License-Identifier: Apache-2.0
// Updates of an objective, with validations, checkpoints and logs, from the start of a run or its last checkpoint to
// its end.
#pragma once

#include <cstdint>
#include <string>

#include "agront/reporter.h"
#include "ranks/communicator.h"
#include "training/objective.h"
#include "training/run_folder.h"
#include "training/run_log.h"
#include "training/trainer.h"

namespace agront::training {

struct LoopSettings {
  TrainerSettings trainer;
  int64_t steps = 0;             ///< unless the objective ends early
  int64_t checkpoint_every = 1;  ///< steps; and after the last one, and where the run stops
  bool checkpoints_after_validation = false;
  int kept_checkpoints = 1;  ///< the newest ones
  int64_t max_skipped = 10;  ///< updates in a row whose gradient is not finite, before the run ends with an error
  std::string label;         ///< of the stage that the reporter shows
};

/// The step of the folder's last checkpoint; 0: none. Rank 0 says it for all: where disks are not shared, others may
/// have another one, or none. Called by all ranks.
int64_t LastCheckpoint(const RunFolder& folder, ranks::Communicator& ranks);

/// Thread safety: none; all ranks call the same functions in the same order.
class TrainingLoop {
 public:
  /// Goes back to the last checkpoint of the folder, to the same bits; without one the objective stays as it is. Keeps
  /// references to all. Throws Error for a checkpoint that cannot be read.
  TrainingLoop(Objective& objective, const RunFolder& folder, ranks::Communicator& ranks, const LoopSettings& settings,
               Reporter& reporter);

  /// Trains to the end, or until the reporter of a rank says stop: returns false then, behind a checkpoint. Throws
  /// Error when more than `max_skipped` updates in a row had a gradient that is not finite.
  bool Run();

  /// After Run returned false: says so and throws Stopped.
  [[noreturn]] void ThrowStopped() const;

  const RunProgress& progress() const { return progress_; }

 private:
  bool is_done() const { return progress_.step >= settings_.steps || objective_.EndsEarly(); }
  double Share() const;
  void Step();
  void Log(const Update& update);
  bool Validate();
  void CheckSkipped(const Update& update);
  void WriteCheckpoint();

  Objective& objective_;
  const RunFolder& folder_;
  ranks::Communicator& ranks_;
  LoopSettings settings_;
  Reporter& reporter_;
  Trainer trainer_;
  RunProgress progress_;
  RunLog log_;
  double step_seconds_ = 0;
  int64_t skipped_in_a_row_ = 0;
};

}  // namespace agront::training
