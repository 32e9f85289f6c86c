// SPDX-License-Identifier: Apache-2.0
// The loss of a task's outputs.
#pragma once

#include "agront/prediction_task.h"
#include "model/heads/task_batch.h"
#include "tensor/matrix.h"

namespace agront::model {

enum class LossGradient { kNone, kReplacesOutputs };

/// Sets output.outputs, loss and weight; `outputs` [examples or tokens, outputs] may become its gradient. Without
/// labels there is no loss. Throws UsageError when labels or weights do not fit the outputs, or a class is not one of
/// them.
void ComputeTaskLoss(const PredictionTask& task, const TaskLabels& labels, LossGradient gradient,
                     tensor::MatrixView outputs, TaskOutput& output);

}  // namespace agront::model
