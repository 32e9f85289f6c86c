// SPDX-License-Identifier: Apache-2.0
// Fine-tuning: a learner sees its examples in another order in each epoch, is validated after each, and the values with
// the lowest validation loss are kept.
#pragma once

#include <cstdint>
#include <vector>

#include "agront/reporter.h"
#include "ranks/communicator.h"
#include "training/fine_tuning/learner.h"
#include "training/fine_tuning/task_checkpoint.h"
#include "training/objective.h"
#include "training/run_folder.h"

namespace agront::training {

struct ExampleOrder {
  int64_t batch_size = 16;  ///< examples of an update, over all ranks; fewer in the last one of an epoch
  uint64_t seed = 0;        ///< of the order and the strands
  bool reverse_complement = false;
};

class TaskObjective final : public Objective {
 public:
  /// Keeps references to all but the order. `train`: examples to learn from, at least one; `valid` may be empty.
  /// `patience`: epochs without a lower validation loss before the end; 0: never.
  TaskObjective(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid,
                const ExampleOrder& order, int64_t patience, const RunFolder& folder, ranks::Communicator& ranks,
                Reporter& reporter);

  int64_t steps_per_epoch() const;
  const BestEpoch& best() const { return best_; }

  /// The learner gets the values after the epoch with the lowest validation loss, when there was a validation. All
  /// ranks call it.
  void TakeBest();

  model::TrainingParameters& parameters() override { return learner_.parameters(); }
  UpdateSums AddGradients(int64_t number, const model::GradientsReady& ready) override;
  void CheckWeight(int64_t number, const UpdateSums& sums) const override;
  void Describe(const UpdateSums& sums, nlohmann::ordered_json& line) const override;
  bool IsValidationDue(int64_t step) const override;
  bool Validate(int64_t step, double step_seconds, RunLog& log) override;
  bool EndsEarly() const override;
  void WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) override;
  RunProgress ReadCheckpoint(const std::string& folder, int64_t step, Optimizer& optimizer) override;

 private:
  /// The examples of an update, over all ranks.
  std::vector<ExampleDraw> Draw(int64_t number) const;
  bool KeepIfBest(double loss, int64_t step);

  Learner& learner_;
  const std::vector<int64_t>& train_;
  const std::vector<int64_t>& valid_;
  ExampleOrder order_;
  int64_t patience_;
  const RunFolder& folder_;
  ranks::Communicator& ranks_;
  Reporter& reporter_;
  BestEpoch best_;
};

}  // namespace agront::training
