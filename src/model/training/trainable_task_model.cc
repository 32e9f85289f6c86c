// SPDX-License-Identifier: Apache-2.0
#include "model/training/trainable_task_model.h"

#include <algorithm>
#include <string>

#include "model/heads/pooled_rows.h"
#include "model/training/trainable_encoder.h"
#include "model/training/trainable_head.h"
#include "nn/training/pooling.h"

namespace agront::model {

/// The layers and the memory of forward and backward.
class TrainableTaskModel::Pass {
 public:
  Pass(const Checkpoint& base, const TaskModelOptions& options)
      : options_(options),
        parameters_(base, options),
        encoder_(parameters_, base.shape(), options.products, options.recompute),
        pooling_(parameters_, base.shape(),
                 options.head.pooling == HeadPooling::kAttention ? nn::training::Pooling::Query::kLearned
                                                                 : nn::training::Pooling::Query::kNone),
        head_(parameters_, base.shape(), options.head) {}

  TrainingParameters& parameters() { return parameters_.flat(); }

  void InitializeRandomly(uint64_t seed) {
    InitializeAdapter(options_.adapter, seed, parameters());
    InitializeHead(options_.head, seed, parameters());
  }

  tensor::ConstMatrixView Pool(const TaskBatch& batch, TrainableEncoder::Keep keep) {
    rows_ = FindPooledRows(batch, options_.head.pooling);
    pooling_.Forward(encoder_.Forward(batch.batch, rows_.rows, keep), rows_, scratch(), pooled_);
    return pooled_.pooled.view();
  }

  void Predict(const TaskBatch& batch, TaskOutput& output) {
    head_.Predict(Pool(batch, TrainableEncoder::Keep::kNothing), batch, scratch(), output);
  }

  void AddGradients(const TaskBatch& batch, TaskOutput& output, const GradientsReady& ready) {
    using nn::training::Below;
    const tensor::ConstMatrixView features = Pool(batch, TrainableEncoder::Keep::kForBackward);
    const bool is_frozen = encoder_.is_frozen() && pooling_.is_frozen();
    const tensor::ConstMatrixView gradient =
        head_.AddGradients(features, batch, is_frozen ? Below::kFrozen : Below::kTrained, scratch(), output);
    if (!is_frozen) pooling_.Backward(rows_, gradient, scratch(), pooled_);
    parameters().TellReady({"encoder.norm.", "task."}, ready);
    if (!encoder_.is_frozen())
      encoder_.Backward(batch.batch, rows_.rows, pooled_.grad_x.view(),
                        [&](const std::string& prefix) { parameters().TellReady({prefix}, ready); });
  }

 private:
  ops::LinearScratch& scratch() { return encoder_.products().linear; }

  TaskModelOptions options_;
  TaskParameters parameters_;
  TrainableEncoder encoder_;
  nn::training::Pooling pooling_;
  TrainableHead head_;

  nn::training::PooledRows rows_;
  nn::training::PoolingSaved pooled_;
};

TrainableTaskModel::TrainableTaskModel(const Checkpoint& base, const TaskModelOptions& options)
    : pass_(std::make_unique<Pass>(base, options)) {}

TrainableTaskModel::~TrainableTaskModel() = default;
TrainableTaskModel::TrainableTaskModel(TrainableTaskModel&&) noexcept = default;
TrainableTaskModel& TrainableTaskModel::operator=(TrainableTaskModel&&) noexcept = default;

TrainingParameters& TrainableTaskModel::parameters() { return pass_->parameters(); }

void TrainableTaskModel::InitializeRandomly(uint64_t seed) { pass_->InitializeRandomly(seed); }

void TrainableTaskModel::Predict(const TaskBatch& batch, TaskOutput& output) { pass_->Predict(batch, output); }

void TrainableTaskModel::Pool(const TaskBatch& batch, tensor::Matrix& pooled) {
  const tensor::ConstMatrixView features = pass_->Pool(batch, TrainableEncoder::Keep::kNothing);
  pooled.Resize(features.rows, features.cols, features.rows);
  std::ranges::copy(features.values(), pooled.view().data);
}

void TrainableTaskModel::AddGradients(const TaskBatch& batch, TaskOutput& output, const GradientsReady& ready) {
  pass_->AddGradients(batch, output, ready);
}

namespace {

int64_t SizeOf(const std::vector<Parameter>& parameters) {
  int64_t size = 0;
  for (const Parameter& parameter : parameters) size += parameter.size();
  return size;
}

}  // namespace

TaskMemoryPlan PlanTaskMemory(const ModelShape& shape, const TaskModelOptions& options, int64_t tokens) {
  constexpr int64_t kFloat = sizeof(float);
  TaskMemoryPlan plan;
  const int64_t trained =
      SizeOf(AdapterParameters(shape, options.adapter)) + SizeOf(TaskHeadParameters(shape, options.head));
  plan.flat = plan.gradients = kFloat * trained;
  for (const Parameter& parameter : Parameters(shape)) {
    if (!IsOfEncoder(parameter)) continue;
    if (options.trains_base) {
      plan.flat += kFloat * parameter.size();
      plan.gradients += kFloat * parameter.size();
    } else if (parameter.cols == 0) {
      plan.flat += kFloat * parameter.size();
    } else {
      plan.frozen += ops::KeptBytes(parameter.rows, parameter.cols, PrecisionOfFrozen(parameter, options.base));
    }
  }
  const bool trains_blocks = options.trains_base || options.adapter.kind != AdapterKind::kNone;
  plan.activations = EncoderActivationBytes(
      shape, {.tokens = tokens, .kept_blocks = trains_blocks ? shape.layers : 0, .recompute = options.recompute});
  // IA3: each scaled output of a block before it was scaled, and the scratch of one product.
  const int64_t widest = std::max(shape.hidden, shape.ffn);
  if (options.adapter.kind == AdapterKind::kIa3) {
    for (const Parameter& parameter : AdapterParameters(shape, options.adapter))
      plan.activations += kFloat * tokens * parameter.rows / (options.recompute ? shape.layers : 1);
    plan.activations += kFloat * tokens * widest;
  }
  // Pooling and head of all tokens, and the sides of a product.
  plan.activations +=
      kFloat * tokens * 8 * shape.hidden +
      ops::LinearScratchBytes(options.products, tokens * widest, std::max(shape.hidden, tokens) * widest);
  return plan;
}

}  // namespace agront::model
