// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/training_loop.h"

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>

#include "base/error.h"
#include "base/progress.h"
#include "training/event_log.h"
#include "training/fine_tuning/trained_values.h"
#include "training/over_ranks.h"

namespace agront::training {
namespace {

constexpr char kBestFile[] = "best.safetensors";
constexpr int64_t kMostSkipped = 10;

class Loop {
 public:
  Loop(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid, const RunFolder& folder,
       device::Communicator& ranks, const LoopSettings& settings, Reporter& reporter)
      : learner_(learner),
        valid_(valid),
        folder_(folder),
        ranks_(ranks),
        settings_(settings),
        reporter_(reporter),
        trainer_(learner, train, ranks, settings.trainer) {
    GoOn();
  }

  void Run() {
    const auto share = [&] { return static_cast<double>(state_.step) / static_cast<double>(steps()); };
    Progress progress(reporter_, settings_.label, "tokens", state_.tokens, share(), true);
    if (state_.step == 0) ValidateBefore();
    while (!is_done()) {
      Step();
      const bool ends_epoch = state_.step % trainer_.steps_per_epoch() == 0;
      if (ends_epoch) Validate();
      const bool stops = AnyRankStops(reporter_, ranks_);
      if (ends_epoch || stops || state_.step % settings_.checkpoint_every == 0) WriteCheckpoint();
      progress.Show(state_.tokens, share());
      if (stops && !is_done()) {
        reporter_.Note(fmt::format("stopped after update {} of {}; the same command goes on", state_.step, steps()));
        throw Stopped();
      }
    }
    if (!valid_.empty()) ReadTrainedValues(folder_.File(kBestFile), learner_.parameters(), ranks_);
  }

  const TaskRunState& state() const { return state_; }

 private:
  int64_t steps() const { return settings_.epochs * trainer_.steps_per_epoch(); }

  bool is_done() const {
    return state_.step >= steps() || (settings_.patience > 0 && state_.epochs_since_best >= settings_.patience);
  }

  void GoOn() {
    const std::vector<int64_t> checkpoints = folder_.Checkpoints();
    int64_t start = checkpoints.empty() ? 0 : checkpoints.back();
    ranks_.Broadcast(std::as_writable_bytes(std::span(&start, 1)));
    if (start > 0)
      state_ =
          ReadTaskCheckpoint(folder_.CheckpointPath(start), start, learner_.parameters(), trainer_.optimizer(), ranks_);
    if (ranks_.rank() != 0) return;
    // From the start nothing stays, the validation before it neither, which is done again.
    for (const char* file : {kMetricsFile, kValidationFile}) folder_.CutBack(file, state_.step > 0 ? state_.step : -1);
    events_.emplace(folder_);
  }

  void Step() {
    const auto start = std::chrono::steady_clock::now();
    const TaskStep step = trainer_.Step(state_.step + 1);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    ++state_.step;
    state_.tokens += step.tokens;
    state_.skipped += step.is_skipped ? 1 : 0;
    skipped_in_a_row_ = step.is_skipped ? skipped_in_a_row_ + 1 : 0;
    if (step.is_skipped) reporter_.Note(fmt::format("update {}: the gradient is not finite; skipped", state_.step));
    if (skipped_in_a_row_ > kMostSkipped)
      Fail(
          "{}: {} updates in a row had a gradient that is not finite, the last at {}; a lower --learning-rate may help",
          folder_.path(), skipped_in_a_row_, state_.step);
    if (ranks_.rank() != 0) return;
    nlohmann::ordered_json line = {{"step", state_.step},
                                   {"loss", step.loss},
                                   {"learning_rate", step.learning_rate},
                                   {"gradient_norm", step.gradient_norm},
                                   {"tokens", state_.tokens},
                                   {"seconds", seconds.count()},
                                   {"ranks", ranks_.size()}};
    if (step.is_skipped) line["skipped"] = true;
    Log(kMetricsFile, "train", line);
  }

  /// Shows what training adds. These values are never kept, however low their loss.
  void ValidateBefore() {
    if (valid_.empty()) return;
    const double loss = PredictOverRanks(learner_, valid_, ranks_).loss;
    if (ranks_.rank() != 0) return;
    Log(kValidationFile, "validation", {{"step", 0}, {"epoch", 0}, {"loss", loss}});
    reporter_.Note(fmt::format("before the first update: validation loss {:.5f}", loss));
  }

  void Validate() {
    if (valid_.empty()) return;
    const double loss = PredictOverRanks(learner_, valid_, ranks_).loss;
    const bool is_best = loss < state_.best_loss || state_.best_step == 0;
    if (is_best) {
      state_.best_loss = loss;
      state_.best_step = state_.step;
      state_.epochs_since_best = 0;
      if (ranks_.rank() == 0) WriteTrainedValues(folder_.File(kBestFile), learner_.parameters());
    } else {
      ++state_.epochs_since_best;
    }
    if (ranks_.rank() != 0) return;
    const int64_t epoch = state_.step / trainer_.steps_per_epoch();
    Log(kValidationFile, "validation", {{"step", state_.step}, {"epoch", epoch}, {"loss", loss}});
    reporter_.Note(fmt::format("epoch {}: validation loss {:.5f}{}", epoch, loss, is_best ? ", the best so far" : ""));
  }

  void WriteCheckpoint() {
    if (skipped_in_a_row_ > 0) return;  // the last good one is kept
    if (ranks_.rank() == 0)
      for (const char* file : {kMetricsFile, kValidationFile}) folder_.Sync(file);
    WriteTaskCheckpoint(folder_.CheckpointPath(state_.step), state_, learner_.parameters(), trainer_.optimizer(),
                        ranks_);
    constexpr int kKept = 1;
    if (ranks_.rank() == 0) folder_.RemoveOldCheckpoints(kKept);
  }

  void Log(const char* file, const char* group, const nlohmann::ordered_json& line) {
    folder_.Append(file, line);
    events_->Add(group, line);
  }

  Learner& learner_;
  const std::vector<int64_t>& valid_;
  const RunFolder& folder_;
  device::Communicator& ranks_;
  const LoopSettings& settings_;
  Reporter& reporter_;
  TaskTrainer trainer_;
  TaskRunState state_;
  int64_t skipped_in_a_row_ = 0;
  std::optional<EventLog> events_;  // of rank 0
};

}  // namespace

TaskRunState TrainEpochs(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid,
                         const RunFolder& folder, device::Communicator& ranks, const LoopSettings& settings,
                         Reporter& reporter) {
  Loop loop(learner, train, valid, folder, ranks, settings, reporter);
  loop.Run();
  return loop.state();
}

}  // namespace agront::training
