// SPDX-License-Identifier: Apache-2.0
// A fine-tuned model, ready to predict.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agront/finetune.h"
#include "agront/job.h"
#include "data/example_windows.h"
#include "data/labelled/labelled_set.h"
#include "data/labelled/target_transform.h"
#include "inference/provenance.h"
#include "model/agront.h"
#include "model/checkpoint.h"
#include "model/task_predictor.h"
#include "tasks/finetune/finetuned_model.h"

namespace agront::tasks {

/// Sequences for one pass.
struct PredictionBatch {
  Batch batch;
  std::vector<int64_t> windows;          ///< of each sequence, in order
  std::vector<data::ExampleWindow> cut;  ///< all of them, as they were cut

  int64_t tokens() const { return static_cast<int64_t>(batch.tokens.size()); }
};

/// Thread safety: one call at a time.
class FinetunedPredictor {
 public:
  /// A folder that `agront finetune` wrote, whose base is `job.model` if that is given, else where it was; or a
  /// checkpoint of EsmForSequenceClassification or EsmForTokenClassification, or such a classifier's adapter as PEFT
  /// saves it. Throws Error when it is neither, or the
  /// base is another model than the one that was fine-tuned.
  FinetunedPredictor(const std::string& folder, const JobOptions& job);

  const PredictionTask& task() const { return predictor_->task(); }
  const FinetunedModel& description() const { return description_; }
  const data::TargetTransform& transform() const { return transform_; }  ///< of numbers, as they were learned
  const model::Checkpoint& checkpoint() const { return *checkpoint_; }

  /// Gives the input the window that the model was trained with, unless it names one. Throws UsageError for regions
  /// when the model was trained on sequences, whose window the user has to say. Returns a warning, perhaps empty.
  std::string FitInput(LabelledInput& input) const;

  /// That a folder of 0.1 does not say what its model was trained on; else nothing.
  std::string WarningOf01(bool reads_windows) const;

  /// Throws Error, beginning with `place`, for a sequence shorter than half the shortest or longer than twice the
  /// longest of those that the model was trained on.
  void CheckLength(int64_t bases, const std::string& place) const;
  void CheckLengths(const data::LabelledSet& set) const;

  /// What predictions are made from: the fine-tuned folder, its base, its adapter.
  inference::Provenance Describe(const JobOptions& job) const;

  /// `place` begins the message when a sequence is too long.
  void Add(const std::string& bases, const std::string& place, PredictionBatch& batch) const;

  /// A row for each sequence (kToken: each token): probabilities, or numbers in the units of the labels.
  std::vector<std::vector<double>> Predict(const PredictionBatch& batch);

 private:
  void OpenFinetuned(const std::string& folder, const JobOptions& job);
  void OpenClassifier(const std::string& folder);
  void OpenPeftClassifier(const std::string& folder, const JobOptions& job);

  std::string folder_;
  bool is_of_finetune_ = false;  // else a classifier of others
  std::optional<model::TrainedOn> trained_on_;
  FinetunedModel description_;
  std::unique_ptr<model::Checkpoint> checkpoint_;
  std::unique_ptr<model::AgroNT> model_;
  std::optional<model::TaskPredictor> predictor_;
  data::TargetTransform transform_;
  model::ForwardOutput forward_;
  tensor::Matrix outputs_;
};

}  // namespace agront::tasks
