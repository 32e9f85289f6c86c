// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/train_epochs.h"

#include "training/training_loop.h"

namespace agront::training {

TaskRunState TrainEpochs(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid,
                         const RunFolder& folder, ranks::Communicator& ranks, const EpochSettings& settings,
                         Reporter& reporter) {
  TaskObjective objective(learner, train, valid, settings.order, settings.patience, folder, ranks, reporter);
  TrainingLoop loop(objective, folder, ranks,
                    {.trainer = settings.trainer,
                     .steps = settings.epochs * objective.steps_per_epoch(),
                     .checkpoint_every = settings.checkpoint_every,
                     .checkpoints_after_validation = true,
                     .label = settings.label},
                    reporter);
  if (!loop.Run()) loop.ThrowStopped();
  objective.TakeBest();
  return {loop.progress(), objective.best()};
}

}  // namespace agront::training
