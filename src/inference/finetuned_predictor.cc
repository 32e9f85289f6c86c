// SPDX-License-Identifier: Apache-2.0
#include "inference/finetuned_predictor.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/path.h"
#include "inference/prediction.h"
#include "model/adapters/adapter_files.h"
#include "model/checkpoints/pulled_model.h"
#include "model/heads/classifier_files.h"
#include "model/heads/task_head_files.h"
#include "model/open_model.h"

namespace agront::inference {
namespace fs = std::filesystem;

FinetunedPredictor::FinetunedPredictor(const std::string& folder, const EngineSource& asked)
    : folder_(model::FolderOfModel(folder)) {
  EngineSource source = asked;
  const auto has = [&](const char* file) { return fs::exists(Below(folder_, file)); };
  std::unique_ptr<model::Checkpoint> checkpoint;
  const bool is_run = has(kFinetunedFile);  // asked first: a run may be beside what its folder had before
  if (!is_run && has("config.json"))
    checkpoint = OpenClassifier(folder_, source);
  else if (!is_run && has("adapter_config.json"))
    checkpoint = OpenPeftClassifier(folder_, source);
  else
    checkpoint = OpenFinetuned(folder_, source);
  engine_ = std::make_unique<Engine>(std::move(checkpoint), source);
}

std::unique_ptr<model::Checkpoint> FinetunedPredictor::OpenFinetuned(const std::string& folder, EngineSource& source) {
  description_ = ReadFinetunedModel(folder);
  if (description_.has_own_base() && !source.model.empty())
    FailUsage("--model: {} has a model of its own, got {:?}", folder, source.model);
  if (description_.has_own_base())
    source.model = Below(folder, kModelFolder);
  else if (source.model.empty())
    source.model = description_.base;
  auto checkpoint =
      description_.has_own_base() ? model::Checkpoint::Open(source.model) : model::OpenModel(source.model);
  const std::string head_folder = Below(folder, kHeadFolder);
  const model::TaskHead head = model::ReadTaskHead(head_folder, *checkpoint);
  if (description_.has_adapter()) {
    source.adapter = Below(folder, kAdapterFolder);
    checkpoint->SetAdapter(model::ReadAdapter(source.adapter, *checkpoint).adapter);
  }
  if (description_.layer.layer > checkpoint->shape().layers)
    Fail("{}: layer {}: the model has {}", folder, description_.layer.layer, checkpoint->shape().layers);
  if (!head.target_transforms.empty())
    transform_ = data::TargetTransform::FromJson(head.target_transforms, head_folder, head.config.task.num_outputs());
  is_of_finetune_ = true;
  trained_on_ = head.trained_on;
  predictor_.emplace(checkpoint->shape(), head);
  return checkpoint;
}

std::unique_ptr<model::Checkpoint> FinetunedPredictor::OpenClassifier(const std::string& folder, EngineSource& source) {
  source.model = folder;
  auto checkpoint = model::Checkpoint::Open(folder);
  const std::optional<model::TaskHead> head = model::ReadClassifier(*checkpoint);
  if (!head) Fail("{}: expected the folder of a fine-tuned model, or a checkpoint with a classifier", folder);
  description_.method = "full";
  description_.layer = {.layer = checkpoint->shape().layers};
  if (!head->target_transforms.empty())
    transform_ = data::TargetTransform::FromJson(head->target_transforms, folder, head->config.task.num_outputs());
  predictor_.emplace(checkpoint->shape(), *head);
  return checkpoint;
}

std::unique_ptr<model::Checkpoint> FinetunedPredictor::OpenPeftClassifier(const std::string& folder,
                                                                          EngineSource& source) {
  source.adapter = folder;
  auto checkpoint = model::OpenModel(source.model);
  model::AdapterFile file = model::ReadAdapter(folder, *checkpoint);
  const std::optional<model::TaskHead> head = model::ReadClassifier(file, *checkpoint);
  if (!head) Fail("{}: expected an adapter with a classifier (modules_to_save), got one without", folder);
  checkpoint->SetAdapter(std::move(file.adapter));
  description_.method = "lora";
  description_.layer = {.layer = checkpoint->shape().layers};
  predictor_.emplace(checkpoint->shape(), *head);
  return checkpoint;
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

Provenance FinetunedPredictor::Describe(const JobOptions& job) const {
  const model::Checkpoint& checkpoint = engine_->checkpoint();
  JobOptions described = job;
  if (checkpoint.adapter()) described.adapter = description_.has_adapter() ? Below(folder_, kAdapterFolder) : folder_;
  Provenance provenance = DescribeRun(described, *engine_);
  AddText("finetuned", folder_, provenance);
  return provenance;
}

void FinetunedPredictor::Add(std::string_view bases, const std::string& place, PredictionBatch& batch) const {
  auto windows = data::CutExample(bases, description_.long_sequences, engine_->shape().max_tokens(), place,
                                  "a model that was fine-tuned with --long centre or windows takes it");
  batch.windows.push_back(static_cast<int64_t>(windows.size()));
  for (data::ExampleWindow& window : windows) {
    batch.batch.Add(window.tokens.ids);
    batch.cut.push_back(std::move(window));
  }
}

PredictionRows FinetunedPredictor::Predict(const PredictionBatch& batch) {
  PredictionRows predictions;
  engine_->Run([&](model::Encoder& encoder) {
    encoder.Forward(batch.batch, {.hidden = {description_.layer}}, forward_);
    predictor_->Predict(batch.batch, batch.windows, forward_.hidden.front().view(), outputs_);
    for (int64_t row = 0; row < outputs_.rows(); ++row)
      predictions.push_back(PredictionOf(task(), outputs_.row(row), transform_));
  });
  return predictions;
}

}  // namespace agront::inference
