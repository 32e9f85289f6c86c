// SPDX-License-Identifier: Apache-2.0
#include "model/training/trainable_head.h"

#include "base/error.h"
#include "model/training/task_loss.h"
#include "model/training/task_parameters.h"

namespace agront::model {

TrainableHead::TrainableHead(nn::training::ParameterBuffers& buffers, const ModelShape& shape,
                             const TaskHeadConfig& config)
    : task_(config.task),
      head_(buffers,
            config.kind == HeadKind::kMlp ? nn::training::TaskHead::Kind::kMlp : nn::training::TaskHead::Kind::kLinear,
            shape.hidden, config.task.num_outputs()) {}

void TrainableHead::Predict(tensor::ConstMatrixView features, const TaskLabels& labels, ops::LinearScratch& scratch,
                            TaskOutput& output) {
  head_.Forward(features, scratch, saved_);
  ComputeTaskLoss(task_, labels, LossGradient::kNone, saved_.outputs.view(), output);
}

tensor::ConstMatrixView TrainableHead::AddGradients(tensor::ConstMatrixView features, const TaskLabels& labels,
                                                    nn::training::Below below, ops::LinearScratch& scratch,
                                                    TaskOutput& output) {
  if (labels.empty()) FailUsage("batch: expected labels to learn from");
  head_.Forward(features, scratch, saved_);
  ComputeTaskLoss(task_, labels, LossGradient::kReplacesOutputs, saved_.outputs.view(), output);
  head_.Backward(features, below, scratch, saved_);
  return saved_.grad_x.view();
}

TrainableProbe::TrainableProbe(const ModelShape& shape, const TaskHeadConfig& config)
    : config_(config), parameters_(shape, TaskHeadParameters(shape, config), {}), head_(parameters_, shape, config) {}

void TrainableProbe::InitializeRandomly(uint64_t seed) { InitializeHead(config_, seed, parameters_); }

void TrainableProbe::Predict(tensor::ConstMatrixView features, const TaskLabels& labels, TaskOutput& output) {
  head_.Predict(features, labels, scratch_, output);
}

void TrainableProbe::AddGradients(tensor::ConstMatrixView features, const TaskLabels& labels, TaskOutput& output) {
  head_.AddGradients(features, labels, nn::training::Below::kFrozen, scratch_, output);
}

}  // namespace agront::model
