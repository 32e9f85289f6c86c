// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/task_trainer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/philox.h"
#include "data/corpus/permutation.h"

namespace agront::training {
namespace {

enum class Stream : uint32_t { kOrder = 1, kStrand = 2 };

Philox Random(uint64_t seed, Stream stream, int64_t epoch) {
  return {.key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
          .counter = {0, static_cast<uint32_t>(epoch), 0, static_cast<uint32_t>(stream)}};
}

/// This rank's share of `items`.
template <class T>
std::span<const T> ShareOf(const std::vector<T>& items, const device::Communicator& ranks) {
  const auto size = static_cast<int64_t>(items.size());
  const int64_t begin = size * ranks.rank() / ranks.size();
  const int64_t end = size * (ranks.rank() + 1) / ranks.size();
  return std::span(items).subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

/// The ranks' numbers one after the other, on rank 0. Whole numbers below 2^24 are exact.
std::vector<float> Collected(std::span<const float> own, device::Communicator& ranks) {
  std::vector<float> all;
  ranks.Collect(own, [&](std::span<const float> part) { all.insert(all.end(), part.begin(), part.end()); });
  return all;
}

template <class T>
std::vector<T> CollectedCounts(const std::vector<T>& own, device::Communicator& ranks) {
  const std::vector<float> all = Collected(std::vector<float>(own.begin(), own.end()), ranks);
  return {all.begin(), all.end()};
}

}  // namespace

TaskTrainer::TaskTrainer(Learner& learner, std::vector<int64_t> train, device::Communicator& ranks,
                         const TaskTrainerSettings& settings)
    : learner_(learner),
      train_(std::move(train)),
      ranks_(ranks),
      settings_(settings),
      optimizer_(learner.parameters(), ranks, settings.adamw) {}

int64_t TaskTrainer::steps_per_epoch() const {
  return (static_cast<int64_t>(train_.size()) + settings_.batch_size - 1) / settings_.batch_size;
}

std::vector<ExampleDraw> TaskTrainer::Draw(int64_t number) const {
  const int64_t epoch = (number - 1) / steps_per_epoch();
  const int64_t first = (number - 1) % steps_per_epoch() * settings_.batch_size;
  const int64_t last = std::min(first + settings_.batch_size, static_cast<int64_t>(train_.size()));
  std::vector<ExampleDraw> draws;
  for (int64_t place = first; place < last; ++place) {
    const uint64_t drawn =
        data::Permuted(static_cast<uint64_t>(place), train_.size(), Random(settings_.seed, Stream::kOrder, epoch));
    Philox strand = Random(settings_.seed, Stream::kStrand, epoch);
    strand.counter[0] = static_cast<uint32_t>(place);
    strand.counter[2] = static_cast<uint32_t>(place >> 32);
    draws.push_back({.example = train_[drawn], .reverse = settings_.reverse_complement && (strand()[0] & 1) != 0});
  }
  return draws;
}

TaskStep TaskTrainer::Step(int64_t number) {
  model::TrainingParameters& parameters = learner_.parameters();
  parameters.ZeroGradients();
  const std::vector<ExampleDraw> draws = Draw(number);
  const LossSum own = learner_.AddGradients(ShareOf(draws, ranks_));
  optimizer_.StartSum(0, static_cast<int64_t>(parameters.gradients().size()));
  const double square = optimizer_.FinishSums();
  std::array sums = {own.loss, own.weight, static_cast<double>(own.tokens)};
  ranks_.Sum(sums);
  const auto [loss, weight, tokens] = sums;

  TaskStep step;
  step.tokens = static_cast<int64_t>(tokens);
  step.learning_rate = settings_.learning_rate.At(number);
  if (weight == 0) return step;  // no example has a label
  step.loss = loss / weight;
  step.gradient_norm = std::sqrt(square) / weight;
  step.is_skipped = !std::isfinite(step.gradient_norm) || !std::isfinite(step.loss);
  if (step.is_skipped) return step;
  double scale = 1 / weight;
  if (settings_.clip_norm > 0 && step.gradient_norm > settings_.clip_norm)
    scale *= settings_.clip_norm / step.gradient_norm;
  optimizer_.Update({.number = number, .rate = step.learning_rate, .gradient_scale = scale});
  return step;
}

Prediction PredictOverRanks(Learner& learner, const std::vector<int64_t>& examples, device::Communicator& ranks) {
  Outputs own;
  const LossSum sum = learner.Predict(ShareOf(examples, ranks), own);
  std::array sums = {sum.loss, sum.weight};
  ranks.Sum(sums);
  Prediction prediction{.loss = sums[0] / sums[1], .outputs = {}};
  prediction.outputs.values = Collected(own.values, ranks);
  prediction.outputs.rows = CollectedCounts(own.rows, ranks);
  prediction.outputs.row_classes = CollectedCounts(own.row_classes, ranks);
  return prediction;
}

}  // namespace agront::training
