// SPDX-License-Identifier: Apache-2.0
// One run of fine-tuning: one seed, one division of the examples.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agront/finetune.h"
#include "agront/forward.h"
#include "model/checkpoints/checkpoint.h"
#include "model/heads/task_head.h"
#include "model/parameters/adapter.h"
#include "model/training/training_parameters.h"
#include "ranks/communicator.h"
#include "scores/labelled_predictions.h"
#include "tasks/finetune/run/task_data.h"
#include "training/fine_tuning/task_checkpoint.h"

namespace agront::tasks {

/// How a probe did on one layer.
struct TriedLayer {
  HiddenLayer layer;
  double validation_loss = 0;
};

/// The trained values by model::Parameter::name: those of the adapter and the head, or of the whole model.
struct TrainedModel {
  model::TaskHeadConfig head;
  model::AdapterConfig adapter;
  HiddenLayer layer;  ///< that the head reads; of a probe perhaps not the last
  std::map<std::string, std::vector<float>> values;
};

struct RunOutcome {
  TrainedModel trained;
  training::TaskRunState state;
  int64_t num_trained = 0;                  ///< values
  std::vector<TriedLayer> layers;           ///< of a probe on several layers, in the order tried
  scores::LabelledPredictions valid, test;  ///< on rank 0; empty without such examples
  scores::LabelledPredictions random_test;  ///< of the same method on a model with random weights, if asked for
};

/// The settled options that a run needs.
struct RunOptions {
  JobOptions job;
  FinetuneModel model;
  FinetuneTraining training;
  nlohmann::ordered_json asked;  ///< settings.h, Describe: what its record and its report say of all options
};

/// Trains in `folder` from the start, or from where it was. Throws Stopped, behind a checkpoint, when the reporter of a
/// rank says stop. All ranks call it.
RunOutcome RunFinetuning(const RunOptions& options, const TaskData& data, model::Checkpoint& base,
                         const std::string& folder, ranks::Communicator& ranks);

}  // namespace agront::tasks
