// SPDX-License-Identifier: Apache-2.0
// A fine-tuned model, ready to predict.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/job.h"
#include "agront/labelled_input.h"
#include "agront/prediction_task.h"
#include "data/example_windows.h"
#include "data/labelled/target_transform.h"
#include "inference/engine.h"
#include "inference/finetuned_model.h"
#include "inference/provenance.h"
#include "model/heads/task_predictor.h"

namespace agront::inference {

/// Sequences for one pass.
struct PredictionBatch {
  Batch batch;
  std::vector<int64_t> windows;          ///< of each sequence, in order
  std::vector<data::ExampleWindow> cut;  ///< all of them, as they were cut

  int64_t tokens() const { return static_cast<int64_t>(batch.tokens.size()); }
};

/// A row for each sequence (kToken: each token): probabilities, or numbers in the units of the labels.
using PredictionRows = std::vector<std::vector<double>>;

/// Thread safety: Add from any thread; calls of Predict wait for each other.
class FinetunedPredictor {
 public:
  /// A folder that `agront finetune` wrote, whose base is `source.model` if that is given, else where it was; or a
  /// checkpoint of EsmForSequenceClassification or EsmForTokenClassification, or such a classifier's adapter as PEFT
  /// saves it. `source.adapter` is not used. The weights are read when they are first needed. Throws Error when it is
  /// neither, or the base is another model than the one that was fine-tuned.
  FinetunedPredictor(const std::string& folder, const EngineSource& source);

  const PredictionTask& task() const { return predictor_->task(); }
  const FinetunedModel& description() const { return description_; }
  const data::TargetTransform& transform() const { return transform_; }  ///< of numbers, as they were learned
  Engine& engine() { return *engine_; }

  /// Gives the input the window that the model was trained with, unless it names one. Throws UsageError for regions
  /// when the model was trained on sequences, whose window the user has to say. Returns a warning, perhaps empty.
  std::string FitInput(LabelledInput& input) const;

  /// That a folder of 0.1 does not say what its model was trained on; else nothing.
  std::string WarningOf01(bool reads_windows) const;

  /// Throws Error, beginning with `place`, for a sequence shorter than half the shortest or longer than twice the
  /// longest of those that the model was trained on.
  void CheckLength(int64_t bases, const std::string& place) const;

  /// What predictions are made from: the fine-tuned folder, its base, its adapter.
  Provenance Describe(const JobOptions& job) const;

  /// `place` begins the message when a sequence is too long.
  void Add(std::string_view bases, const std::string& place, PredictionBatch& batch) const;

  /// A row for each sequence, or for kToken each token.
  PredictionRows Predict(const PredictionBatch& batch);

 private:
  /// Each gives the open checkpoint.
  std::unique_ptr<model::Checkpoint> OpenFinetuned(const std::string& folder, EngineSource& source);
  std::unique_ptr<model::Checkpoint> OpenClassifier(const std::string& folder, EngineSource& source);
  std::unique_ptr<model::Checkpoint> OpenPeftClassifier(const std::string& folder, EngineSource& source);

  std::string folder_;
  bool is_of_finetune_ = false;  // else a classifier of others
  std::optional<model::TrainedOn> trained_on_;
  FinetunedModel description_;
  std::unique_ptr<Engine> engine_;
  std::optional<model::TaskPredictor> predictor_;
  data::TargetTransform transform_;
  model::ForwardOutput forward_;
  tensor::Matrix outputs_;
};

}  // namespace agront::inference
