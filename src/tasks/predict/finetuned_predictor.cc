// SPDX-License-Identifier: Apache-2.0
#include "tasks/predict/finetuned_predictor.h"

#include <filesystem>

#include "base/error.h"
#include "formats/printable.h"
#include "inference/precision.h"
#include "model/adapter_files.h"
#include "model/classifier_files.h"
#include "model/embedded_model.h"
#include "model/task_head_files.h"
#include "tasks/finetune/labelled_outputs.h"

namespace agront::tasks {
namespace fs = std::filesystem;

FinetunedPredictor::FinetunedPredictor(const std::string& folder, const JobOptions& job) : folder_(folder) {
  if (fs::exists(Below(folder, kFinetunedFile)))  // first: a run may be beside what its folder had before
    OpenFinetuned(folder, job);
  else if (fs::exists(Below(folder, "config.json")))
    OpenClassifier(folder);
  else if (fs::exists(Below(folder, "adapter_config.json")))
    OpenPeftClassifier(folder, job);
  else
    OpenFinetuned(folder, job);
  model_ = std::make_unique<model::AgroNT>(checkpoint_->shape(), *checkpoint_,
                                           inference::ChoosePrecision(job.precision, *checkpoint_));
  model_->Reserve(job.batch_tokens);
}

void FinetunedPredictor::OpenFinetuned(const std::string& folder, const JobOptions& job) {
  description_ = ReadFinetunedModel(folder);
  if (description_.has_own_base() && !job.model.empty())
    FailUsage("--model: {} has a model of its own, got {:?}", folder, job.model);
  checkpoint_ = description_.has_own_base() ? model::Checkpoint::Open(Below(folder, kModelFolder))
                                            : model::OpenModel(job.model.empty() ? description_.base : job.model);
  const std::string head_folder = Below(folder, kHeadFolder);
  const model::TaskHead head = model::ReadTaskHead(head_folder, *checkpoint_);
  if (description_.has_adapter())
    checkpoint_->SetAdapter(model::ReadAdapter(Below(folder, kAdapterFolder), *checkpoint_).adapter);
  if (description_.layer.layer > checkpoint_->shape().layers)
    Fail("{}: layer {}: the model has {}", folder, description_.layer.layer, checkpoint_->shape().layers);
  if (!head.target_transforms.empty())
    transform_ = data::TargetTransform::FromJson(head.target_transforms, head_folder, head.config.task.num_outputs());
  is_of_finetune_ = true;
  trained_on_ = head.trained_on;
  predictor_.emplace(checkpoint_->shape(), head);
}

void FinetunedPredictor::OpenClassifier(const std::string& folder) {
  checkpoint_ = model::Checkpoint::Open(folder);
  const std::optional<model::TaskHead> head = model::ReadClassifier(*checkpoint_);
  if (!head) Fail("{}: expected the folder of a fine-tuned model, or a checkpoint with a classifier", folder);
  description_.method = "full";
  description_.layer = {.layer = checkpoint_->shape().layers};
  if (!head->target_transforms.empty())
    transform_ = data::TargetTransform::FromJson(head->target_transforms, folder, head->config.task.num_outputs());
  predictor_.emplace(checkpoint_->shape(), *head);
}

void FinetunedPredictor::OpenPeftClassifier(const std::string& folder, const JobOptions& job) {
  checkpoint_ = model::OpenModel(job.model);
  model::AdapterFile file = model::ReadAdapter(folder, *checkpoint_);
  const std::optional<model::TaskHead> head = model::ReadClassifier(file, *checkpoint_);
  if (!head) Fail("{}: expected an adapter with a classifier (modules_to_save), got one without", folder);
  checkpoint_->SetAdapter(std::move(file.adapter));
  description_.method = "lora";
  description_.layer = {.layer = checkpoint_->shape().layers};
  predictor_.emplace(checkpoint_->shape(), *head);
}

std::string FinetunedPredictor::FitInput(LabelledInput& input) const {
  const bool reads_windows = !input.genome.empty() && task().kind != TaskKind::kToken;
  if (reads_windows && input.window.empty()) {
    if (trained_on_ && !trained_on_->is_features)
      FailUsage(
          "--window: {} was trained on sequences, so say which bases around each region to read (feature: the "
          "region itself)",
          folder_);
    input.window = trained_on_ ? trained_on_->window : description_.window;
  }
  if (reads_windows && trained_on_ && trained_on_->is_features && input.window != trained_on_->window)
    return fmt::format("{} was trained on the window {}, not on {}", folder_, trained_on_->window, input.window);
  return WarningOf01(reads_windows);
}

std::string FinetunedPredictor::WarningOf01(bool reads_windows) const {
  if (!is_of_finetune_ || trained_on_) return "";
  return fmt::format(
      "{} is of version 0.1, which did not record what a model was trained on: lengths{} are not "
      "checked",
      folder_, reads_windows ? " and the window" : "");
}

void FinetunedPredictor::CheckLength(int64_t bases, const std::string& place) const {
  if (!trained_on_ || (2 * bases >= trained_on_->shortest && bases <= 2 * trained_on_->longest)) return;
  const std::string range = trained_on_->shortest == trained_on_->longest
                                ? fmt::format("{}", trained_on_->longest)
                                : fmt::format("{} to {}", trained_on_->shortest, trained_on_->longest);
  Fail("{}: expected about as many bases as in training, {}; got {}; --any-length takes all", place, range, bases);
}

void FinetunedPredictor::CheckLengths(const data::LabelledSet& set) const {
  for (int64_t i = 0; i < set.size(); ++i)
    CheckLength(set.length(i), fmt::format("{}: {}", set.place(i), formats::Printable(set.id(i))));
}

inference::Provenance FinetunedPredictor::Describe(const JobOptions& job) const {
  JobOptions described = job;
  if (checkpoint_->adapter()) described.adapter = description_.has_adapter() ? Below(folder_, kAdapterFolder) : folder_;
  inference::Provenance provenance = inference::DescribeRun(described, *checkpoint_);
  inference::AddText("finetuned", folder_, provenance);
  return provenance;
}

void FinetunedPredictor::Add(const std::string& bases, const std::string& place, PredictionBatch& batch) const {
  auto windows = data::CutExample(bases, description_.long_sequences, checkpoint_->shape().max_tokens(), place,
                                  "a model that was fine-tuned with --long centre or windows takes it");
  batch.windows.push_back(static_cast<int64_t>(windows.size()));
  for (data::ExampleWindow& window : windows) {
    batch.batch.Add(window.tokens.ids);
    batch.cut.push_back(std::move(window));
  }
}

std::vector<std::vector<double>> FinetunedPredictor::Predict(const PredictionBatch& batch) {
  model_->Forward(batch.batch, {.hidden = {description_.layer}}, forward_);
  predictor_->Predict(batch.batch, batch.windows, forward_.hidden.front().view(), outputs_);
  std::vector<std::vector<double>> predictions;
  for (int64_t row = 0; row < outputs_.rows(); ++row)
    predictions.push_back(PredictionOf(task(), outputs_.row(row), transform_));
  return predictions;
}

}  // namespace agront::tasks
