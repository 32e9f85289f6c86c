// SPDX-License-Identifier: Apache-2.0
// A baseline for the pretrained weights: the same method on random weights.
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "ranks/communicator.h"
#include "tasks/finetune/run/run.h"
#include "tasks/finetune/run/task_data.h"

namespace agront::tasks {

/// Fine-tunes, in `folder`, a model of this shape whose weights are drawn by the options' seed. As RunFinetuning.
RunOutcome RunOnRandomWeights(const RunOptions& options, const TaskData& data, const ModelShape& shape,
                              const std::string& folder, ranks::Communicator& ranks);

}  // namespace agront::tasks
