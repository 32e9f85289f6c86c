// SPDX-License-Identifier: Apache-2.0
#include "training/trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace agront::training {

Trainer::Trainer(model::TrainableAgroNT& model, const data::BatchSampler& sampler, device::Communicator& ranks,
                 const TrainerSettings& settings)
    : model_(model),
      sampler_(sampler),
      ranks_(ranks),
      settings_(settings),
      optimizer_(model.parameters(), ranks, settings.adamw) {}

StepResult Trainer::AddGradients(int64_t number, double& weighted_loss, double& weight) {
  StepResult result;
  model_.parameters().ZeroGradients();
  const int64_t begin = settings_.batch_windows * ranks_.rank() / ranks_.size();
  const int64_t end = settings_.batch_windows * (ranks_.rank() + 1) / ranks_.size();
  for (int64_t first = begin; first < end; first += settings_.micro_batch) {
    const int64_t last = std::min(end, first + settings_.micro_batch);
    sampler_.Sample(number - 1, first, last, masked_);
    batch_ = LossOf(masked_);
    model::GradientsReady ready;
    if (last == end) ready = [&](int64_t from, int64_t to) { optimizer_.StartSum(from, to); };
    model_.AddGradients(batch_, output_, ready);
    weighted_loss += output_.loss;
    for (const float w : batch_.weights) weight += static_cast<double>(w);
    ForEachMask(masked_, output_,
                [&](int64_t /*row*/, float loss, bool is_correct) { result.mask.Add(loss, is_correct); });
    result.tokens += static_cast<double>(batch_.batch.tokens.size());
  }
  return result;
}

StepResult Trainer::Step(int64_t number) {
  double weighted_loss = 0;
  double weight = 0;
  StepResult result = AddGradients(number, weighted_loss, weight);
  const double square = optimizer_.FinishSums();
  std::array sums = {weighted_loss,       weight,       result.mask.loss_sum, result.mask.count,
                     result.mask.correct, result.tokens};
  ranks_.Sum(sums);
  if (sums[1] == 0)
    Fail("step {}: no 6-mer of its {} tokens is in the loss; a larger --masking-ratio or --batch-tokens helps", number,
         sums[5]);
  result.mask = {sums[2], sums[3], sums[4]};
  result.tokens = sums[5];
  result.loss = sums[0] / sums[1];
  result.gradient_norm = std::sqrt(square) / sums[1];
  result.learning_rate = settings_.learning_rate.At(number);
  result.is_skipped = !std::isfinite(result.gradient_norm) || !std::isfinite(result.loss);
  if (result.is_skipped) return result;

  double scale = 1 / sums[1];
  if (settings_.clip_norm > 0 && result.gradient_norm > settings_.clip_norm)
    scale *= settings_.clip_norm / result.gradient_norm;
  optimizer_.Update({.number = number, .rate = result.learning_rate, .gradient_scale = scale});
  return result;
}

}  // namespace agront::training
