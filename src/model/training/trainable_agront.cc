// SPDX-License-Identifier: Apache-2.0
#include "model/training/trainable_agront.h"

#include <algorithm>

#include "base/error.h"
#include "nn/training/language_model_head.h"
#include "ops/cross_entropy/cross_entropy.h"

namespace agront::model {
namespace {

void Check(const LossBatch& batch, const ModelShape& shape) {
  const auto& [packed, rows, targets, weights] = batch;
  const auto tokens = static_cast<int64_t>(packed.tokens.size());
  if (targets.size() != rows.size() || weights.size() != rows.size())
    FailUsage("batch: {} rows with a loss, {} targets, {} weights", rows.size(), targets.size(), weights.size());
  for (const int64_t row : rows)
    if (row < 0 || row >= tokens) FailUsage("loss of row {}: the batch has {}", row, tokens);
  for (const int32_t target : targets)
    if (target < 0 || target >= shape.vocabulary)
      FailUsage("target {}: the vocabulary has {} tokens", target, shape.vocabulary);
}

}  // namespace

/// The layers and the memory of forward and backward.
class TrainableAgroNT::Pass {
 public:
  Pass(TrainingParameters& parameters, const TrainingOptions& options)
      : parameters_(parameters),
        encoder_(parameters, parameters.shape(), options.products, options.recompute),
        head_(parameters, parameters.shape()) {}

  void Loss(const LossBatch& batch, LossOutput& output) {
    Forward(batch, TrainableEncoder::Keep::kNothing);
    RunHead(batch, output, ops::CrossEntropyForward);
  }

  void AddGradients(const LossBatch& batch, LossOutput& output, const GradientsReady& ready) {
    Forward(batch, TrainableEncoder::Keep::kForBackward);
    RunHead(batch, output, ops::CrossEntropyForwardBackward);
    Backward(batch, ready);
  }

 private:
  void Forward(const LossBatch& batch, TrainableEncoder::Keep keep) {
    Check(batch, parameters_.shape());
    head_saved_.Resize(static_cast<int64_t>(batch.rows.size()), parameters_.shape());
    head_.Forward(encoder_.Forward(batch.batch, batch.rows, keep), encoder_.products().linear, head_saved_);
  }

  template <class CrossEntropy>
  void RunHead(const LossBatch& batch, LossOutput& output, const CrossEntropy& cross_entropy) {
    output.losses.resize(batch.rows.size());
    output.predicted.resize(batch.rows.size());
    cross_entropy(head_saved_.logits.view(), {batch.targets, batch.weights}, {output.losses, output.predicted});
    output.loss = 0;
    output.correct = 0;
    for (size_t i = 0; i < batch.rows.size(); ++i) {
      output.loss += static_cast<double>(batch.weights[i]) * static_cast<double>(output.losses[i]);
      output.correct += output.predicted[i] == batch.targets[i];
    }
  }

  void Backward(const LossBatch& batch, const GradientsReady& ready) {
    head_.Backward(encoder_.products().linear, head_saved_);
    parameters_.TellReady({"encoder.norm.", "head."}, ready);
    if (encoder_.is_frozen()) return;
    encoder_.Backward(batch.batch, batch.rows, head_saved_.grad_x.view(),
                      [&](const std::string& prefix) { parameters_.TellReady({prefix}, ready); });
  }

  TrainingParameters& parameters_;
  TrainableEncoder encoder_;
  nn::training::LanguageModelHead head_;
  nn::training::LanguageModelHeadSaved head_saved_;
};

TrainableAgroNT::TrainableAgroNT(const ModelShape& shape, const TrainingOptions& options)
    : parameters_(std::make_unique<TrainingParameters>(shape, options.is_trainable)),
      pass_(std::make_unique<Pass>(*parameters_, options)) {}

TrainableAgroNT::~TrainableAgroNT() = default;
TrainableAgroNT::TrainableAgroNT(TrainableAgroNT&&) noexcept = default;
TrainableAgroNT& TrainableAgroNT::operator=(TrainableAgroNT&&) noexcept = default;

void TrainableAgroNT::Loss(const LossBatch& batch, LossOutput& output) { pass_->Loss(batch, output); }

void TrainableAgroNT::AddGradients(const LossBatch& batch, LossOutput& output, const GradientsReady& ready) {
  pass_->AddGradients(batch, output, ready);
}

int64_t ActivationBytes(const ModelShape& shape, const TrainingOptions& options, int64_t tokens, int64_t loss_rows) {
  const int64_t of_loss_row = 7 * shape.hidden + shape.vocabulary;
  const int64_t widest = std::max(shape.ffn, shape.hidden);
  const int64_t matrix = shape.hidden * std::max(shape.ffn, shape.vocabulary);
  const int64_t scratch = ops::LinearScratchBytes(options.products, tokens * widest, std::max(matrix, tokens * widest));
  return static_cast<int64_t>(sizeof(float)) * loss_rows * of_loss_row + scratch +
         EncoderActivationBytes(shape, {.tokens = tokens, .kept_blocks = shape.layers, .recompute = options.recompute});
}

}  // namespace agront::model
