// SPDX-License-Identifier: Apache-2.0
#include "training/trainer.h"

#include <cmath>

namespace agront::training {
namespace {

UpdateSums OverRanks(const UpdateSums& own, ranks::Communicator& ranks) {
  std::vector<double> sums = {own.loss, own.weight, own.tokens};
  sums.insert(sums.end(), own.own.begin(), own.own.end());
  ranks.Sum(sums);
  return {.loss = sums[0], .weight = sums[1], .tokens = sums[2], .own = {sums.begin() + 3, sums.end()}};
}

}  // namespace

Trainer::Trainer(Objective& objective, ranks::Communicator& ranks, const TrainerSettings& settings)
    : objective_(objective),
      ranks_(ranks),
      settings_(settings),
      optimizer_(objective.parameters(), ranks, settings.adamw) {}

Update Trainer::Step(int64_t number) {
  objective_.parameters().ZeroGradients();
  const UpdateSums own =
      objective_.AddGradients(number, [&](int64_t first, int64_t last) { optimizer_.StartSum(first, last); });
  const double square = optimizer_.FinishSums();
  Update update{.sums = OverRanks(own, ranks_), .learning_rate = settings_.learning_rate.At(number)};
  const double weight = update.sums.weight;
  if (weight == 0) {
    objective_.CheckWeight(number, update.sums);
    return update;
  }
  update.loss = update.sums.loss / weight;
  update.gradient_norm = std::sqrt(square) / weight;
  update.is_skipped = !std::isfinite(update.gradient_norm) || !std::isfinite(update.loss);
  if (update.is_skipped) return update;

  double scale = 1 / weight;
  if (settings_.clip_norm > 0 && update.gradient_norm > settings_.clip_norm)
    scale *= settings_.clip_norm / update.gradient_norm;
  optimizer_.Update({.number = number, .rate = update.learning_rate, .gradient_scale = scale});
  return update;
}

}  // namespace agront::training
