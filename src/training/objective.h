// SPDX-License-Identifier: Apache-2.0
// What a run of training learns. The loop asks an objective for gradients, validations and its parts of a checkpoint,
// and knows nothing else of it: pretraining and fine-tuning are objectives, and a step on a device will be another.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/training/training_parameters.h"
#include "training/optimizer.h"
#include "training/run_log.h"

namespace agront::training {

/// Sums over the examples of one update.
struct UpdateSums {
  double loss = 0;          ///< of weight x loss
  double weight = 0;        ///< of the weights
  double tokens = 0;        ///< that the model read
  std::vector<double> own;  ///< what else the objective adds up; as many on every rank
};

/// How far a run is.
struct RunProgress {
  int64_t step = 0;  ///< updates done
  int64_t tokens = 0;
  int64_t skipped = 0;  ///< updates without effect
};

/// Thread safety: none; all ranks call the same functions in the same order.
class Objective {
 public:
  virtual ~Objective() = default;

  virtual model::TrainingParameters& parameters() = 0;

  /// Adds the gradient of the sum of weight x loss over this rank's examples of update `number`, counted from 1. The
  /// examples are a function of the objective and the number. Calls `ready` once for every gradient, when it is final.
  virtual UpdateSums AddGradients(int64_t number, const model::GradientsReady& ready) = 0;

  /// Throws Error where an update without weight is a mistake of the caller. `sums`: over all ranks.
  virtual void CheckWeight(int64_t number, const UpdateSums& sums) const = 0;

  /// Adds the numbers of `sums.own` to the update's line of metrics.jsonl. `sums`: over all ranks.
  virtual void Describe(const UpdateSums& sums, nlohmann::ordered_json& line) const = 0;

  /// Whether a validation follows `step`; step 0 is the time before the first update.
  virtual bool IsValidationDue(int64_t step) const = 0;

  /// Writes its line to `log`. Returns false where a reporter said stop before the end, and then writes nothing. Only
  /// an objective whose checkpoints do not depend on its validations may return false. `step_seconds`: of the last
  /// update, 0 before the first one of this process.
  virtual bool Validate(int64_t step, double step_seconds, RunLog& log) = 0;

  /// Whether training ends before its last step.
  virtual bool EndsEarly() const = 0;

  /// Writes `folder`, which appears whole or not at all, on rank 0. Throws Error.
  virtual void WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) = 0;

  /// Reads what WriteCheckpoint wrote after `step` updates. Throws Error when it is of another step or of other
  /// parameters, or damaged.
  virtual RunProgress ReadCheckpoint(const std::string& folder, int64_t step, Optimizer& optimizer) = 0;
};

}  // namespace agront::training
