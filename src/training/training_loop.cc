// SPDX-License-Identifier: Apache-2.0
#include "training/training_loop.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "training/over_ranks.h"

namespace agront::training {
namespace {

RunProgress GoOn(Objective& objective, const RunFolder& folder, ranks::Communicator& ranks, Optimizer& optimizer) {
  const int64_t start = LastCheckpoint(folder, ranks);
  return start == 0 ? RunProgress() : objective.ReadCheckpoint(folder.CheckpointPath(start), start, optimizer);
}

}  // namespace

int64_t LastCheckpoint(const RunFolder& folder, ranks::Communicator& ranks) {
  const std::vector<int64_t> checkpoints = folder.Checkpoints();
  int64_t last = checkpoints.empty() ? 0 : checkpoints.back();
  ranks.Broadcast(std::as_writable_bytes(std::span(&last, 1)));
  return last;
}

TrainingLoop::TrainingLoop(Objective& objective, const RunFolder& folder, ranks::Communicator& ranks,
                           const LoopSettings& settings, Reporter& reporter)
    : objective_(objective),
      folder_(folder),
      ranks_(ranks),
      settings_(settings),
      reporter_(reporter),
      trainer_(objective, ranks, settings.trainer),
      progress_(GoOn(objective, folder, ranks, trainer_.optimizer())),
      log_(folder, ranks, progress_.step) {}

bool TrainingLoop::Run() {
  Progress shown(reporter_, settings_.label, "tokens", progress_.tokens, Share(), true);
  // The model before the first update shows what training adds. A run that was stopped in its validation, or just
  // before it, has a checkpoint of that step without one.
  bool stops = log_.validated() < progress_.step && objective_.IsValidationDue(progress_.step) && !Validate();
  while (!is_done() && !stops) {
    Step();
    const bool is_validated = objective_.IsValidationDue(progress_.step);
    const bool is_interrupted = is_validated && !Validate();
    stops = AnyRankStops(reporter_, ranks_) || is_interrupted;
    if (stops || is_done() || progress_.step % settings_.checkpoint_every == 0 ||
        (is_validated && settings_.checkpoints_after_validation))
      WriteCheckpoint();
    shown.Show(progress_.tokens, Share());
  }
  shown.End();
  return !stops;
}

void TrainingLoop::ThrowStopped() const {
  reporter_.Note(fmt::format("stopped after step {} of {}; the same command goes on", progress_.step, settings_.steps));
  throw Stopped();
}

double TrainingLoop::Share() const {
  return static_cast<double>(progress_.step) / static_cast<double>(settings_.steps);
}

void TrainingLoop::Step() {
  const auto start = std::chrono::steady_clock::now();
  const Update update = trainer_.Step(progress_.step + 1);
  step_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ++progress_.step;
  progress_.tokens += static_cast<int64_t>(update.sums.tokens);
  Log(update);
  CheckSkipped(update);
}

void TrainingLoop::Log(const Update& update) {
  nlohmann::ordered_json line = {{"step", progress_.step}, {"loss", update.loss}};
  objective_.Describe(update.sums, line);
  line.update({{"learning_rate", update.learning_rate},
               {"gradient_norm", update.gradient_norm},
               {"tokens", progress_.tokens},
               {"seconds", step_seconds_},
               {"ranks", ranks_.size()}});
  if (update.is_skipped) line["skipped"] = true;
  log_.AddUpdate(line);
}

bool TrainingLoop::Validate() { return objective_.Validate(progress_.step, step_seconds_, log_); }

void TrainingLoop::CheckSkipped(const Update& update) {
  if (!update.is_skipped) {
    skipped_in_a_row_ = 0;
    return;
  }
  ++progress_.skipped;
  ++skipped_in_a_row_;
  reporter_.Note(fmt::format("step {}: the gradient is not finite; skipped", progress_.step));
  if (skipped_in_a_row_ <= settings_.max_skipped) return;
  const std::vector<int64_t> checkpoints = folder_.Checkpoints();
  Fail(
      "{}: {} updates in a row had a gradient that is not finite, the last at step {}; a lower --learning-rate{} may "
      "help, from {}",
      folder_.path(), skipped_in_a_row_, progress_.step, settings_.trainer.clip_norm > 0 ? "" : " or --clip-norm 1",
      checkpoints.empty() ? "the start" : folder_.CheckpointPath(checkpoints.back()));
}

void TrainingLoop::WriteCheckpoint() {
  if (skipped_in_a_row_ > 0) return;  // the last good ones are kept
  log_.Sync();
  objective_.WriteCheckpoint(folder_.CheckpointPath(progress_.step), progress_, trainer_.optimizer());
  if (ranks_.rank() == 0) folder_.RemoveOldCheckpoints(settings_.kept_checkpoints);
}

}  // namespace agront::training
