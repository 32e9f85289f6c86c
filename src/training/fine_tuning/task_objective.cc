// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/task_objective.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/permutation.h"
#include "base/philox.h"
#include "training/fine_tuning/predict_over_ranks.h"
#include "training/fine_tuning/rank_share.h"
#include "training/fine_tuning/trained_values.h"

namespace agront::training {
namespace {

constexpr char kBestFile[] = "best.safetensors";

enum class Stream : uint32_t { kOrder = 1, kStrand = 2 };

Philox Random(uint64_t seed, Stream stream, int64_t epoch) {
  return {.key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
          .counter = {0, static_cast<uint32_t>(epoch), 0, static_cast<uint32_t>(stream)}};
}

}  // namespace

TaskObjective::TaskObjective(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid,
                             const ExampleOrder& order, int64_t patience, const RunFolder& folder,
                             ranks::Communicator& ranks, Reporter& reporter)
    : learner_(learner),
      train_(train),
      valid_(valid),
      order_(order),
      patience_(patience),
      folder_(folder),
      ranks_(ranks),
      reporter_(reporter) {}

int64_t TaskObjective::steps_per_epoch() const {
  return (static_cast<int64_t>(train_.size()) + order_.batch_size - 1) / order_.batch_size;
}

std::vector<ExampleDraw> TaskObjective::Draw(int64_t number) const {
  const int64_t epoch = (number - 1) / steps_per_epoch();
  const int64_t first = (number - 1) % steps_per_epoch() * order_.batch_size;
  const int64_t last = std::min(first + order_.batch_size, static_cast<int64_t>(train_.size()));
  std::vector<ExampleDraw> draws;
  for (int64_t place = first; place < last; ++place) {
    const uint64_t drawn =
        Permuted(static_cast<uint64_t>(place), train_.size(), Random(order_.seed, Stream::kOrder, epoch));
    Philox strand = Random(order_.seed, Stream::kStrand, epoch);
    strand.counter[0] = static_cast<uint32_t>(place);
    strand.counter[2] = static_cast<uint32_t>(place >> 32);
    draws.push_back({.example = train_[drawn], .reverse = order_.reverse_complement && (strand()[0] & 1) != 0});
  }
  return draws;
}

UpdateSums TaskObjective::AddGradients(int64_t number, const model::GradientsReady& ready) {
  const std::vector<ExampleDraw> draws = Draw(number);
  const LossSum sum = learner_.AddGradients(ShareOf(draws, ranks_));
  ready(0, static_cast<int64_t>(parameters().gradients().size()));
  return {.loss = sum.loss, .weight = sum.weight, .tokens = static_cast<double>(sum.tokens), .own = {}};
}

void TaskObjective::CheckWeight(int64_t /*number*/, const UpdateSums& /*sums*/) const {
  // An update may hold only examples without labels.
}

void TaskObjective::Describe(const UpdateSums& /*sums*/, nlohmann::ordered_json& /*line*/) const {}

bool TaskObjective::IsValidationDue(int64_t step) const { return !valid_.empty() && step % steps_per_epoch() == 0; }

bool TaskObjective::Validate(int64_t step, double /*step_seconds*/, RunLog& log) {
  const double loss = PredictOverRanks(learner_, valid_, ranks_).loss;
  const int64_t epoch = step / steps_per_epoch();
  // The values before the first update are never kept, however low their loss.
  const bool is_best = step > 0 && KeepIfBest(loss, step);
  log.AddValidation({{"step", step}, {"epoch", epoch}, {"loss", loss}});
  reporter_.Note(
      step == 0 ? fmt::format("before the first update: validation loss {:.5f}", loss)
                : fmt::format("epoch {}: validation loss {:.5f}{}", epoch, loss, is_best ? ", the best so far" : ""));
  return true;
}

bool TaskObjective::KeepIfBest(double loss, int64_t step) {
  if (best_.step != 0 && !(loss < best_.loss)) {
    ++best_.epochs_since;
    return false;
  }
  best_ = {.step = step, .loss = loss, .epochs_since = 0};
  if (ranks_.rank() == 0) WriteTrainedValues(folder_.File(kBestFile), learner_.parameters());
  return true;
}

bool TaskObjective::EndsEarly() const { return patience_ > 0 && best_.epochs_since >= patience_; }

void TaskObjective::TakeBest() {
  if (!valid_.empty()) ReadTrainedValues(folder_.File(kBestFile), learner_.parameters(), ranks_);
}

void TaskObjective::WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) {
  WriteTaskCheckpoint(folder, {progress, best_}, learner_.parameters(), optimizer, ranks_);
}

RunProgress TaskObjective::ReadCheckpoint(const std::string& folder, int64_t step, Optimizer& optimizer) {
  const TaskRunState state = ReadTaskCheckpoint(folder, step, learner_.parameters(), optimizer, ranks_);
  best_ = state.best;
  return state.progress;
}

}  // namespace agront::training
