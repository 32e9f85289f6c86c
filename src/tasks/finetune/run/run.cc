// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

#include "base/progress.h"
#include "base/reporter.h"
#include "inference/engine.h"
#include "inference/layer_list.h"
#include "inference/precision.h"
#include "model/checkpoints/model_hash.h"
#include "model/training/trainable_head.h"
#include "model/training/trainable_task_model.h"
#include "tasks/finetune/run/labelled_outputs.h"
#include "tasks/finetune/run/plan.h"
#include "tasks/finetune/run/run_record.h"
#include "tasks/finetune/run/settings.h"
#include "training/fine_tuning/feature_learner.h"
#include "training/fine_tuning/feature_set.h"
#include "training/fine_tuning/model_learner.h"
#include "training/fine_tuning/predict_over_ranks.h"
#include "training/fine_tuning/train_epochs.h"
#include "training/over_ranks.h"

namespace agront::tasks {
namespace {

class Run {
 public:
  Run(const RunOptions& options, const TaskData& data, model::Checkpoint& base, const std::string& folder,
      ranks::Communicator& ranks)
      : options_(options),
        data_(data),
        base_(base),
        ranks_(ranks),
        path_(folder),
        examples_(*data.set, data.transform,
                  {.long_sequences = options.model.long_sequences,
                   .max_tokens = base.shape().max_tokens(),
                   .class_weights = data.class_weights}) {
    outcome_.trained.head = HeadOf(options.model, data.set->task());
    outcome_.trained.adapter = AdapterOf(options.model);
    outcome_.trained.layer = {.layer = base.shape().layers};
    if (ranks.rank() == 0) CompareWithRecord(folder, options.asked, base.RecordedHash().hex, data);
  }

  RunOutcome Train() {
    if (NeedsTokens())
      TrainModel();
    else
      TrainProbe();
    return std::move(outcome_);
  }

 private:
  /// Makes the folder, when all that can be refused was accepted: an error before leaves nothing behind.
  const training::RunFolder& Begin() {
    folder_.emplace(path_);
    if (ranks_.rank() == 0) {
      folder_->Lock();
      RecordOrCompare(*folder_, options_.asked, base_.RecordedHash().hex, data_);
    }
    return *folder_;
  }

  Reporter& reporter() const { return ReporterOf(options_.job); }

  /// Whether more than one vector an example goes through what is trained.
  bool NeedsTokens() const {
    return options_.model.method != FinetuneMethod::kProbe || !HasPooledStates(outcome_.trained.head.pooling);
  }

  training::EpochSettings EpochSettings() const {
    const auto examples = static_cast<int64_t>(data_.split.train.size());
    const int64_t of_epoch = (examples + options_.training.batch_size - 1) / options_.training.batch_size;
    return {.order = {.batch_size = options_.training.batch_size,
                      .seed = options_.training.seed,
                      .reverse_complement = options_.training.reverse_complement},
            .trainer = TrainerSettingsOf(options_.training, of_epoch * options_.training.epochs),
            .epochs = options_.training.epochs,
            .patience = options_.training.patience,
            .checkpoint_every = options_.training.checkpoint_every,
            .label = "fine-tuning (" + NameOf(options_.model.method) + ")"};
  }

  void TrainModel() {
    const Precision precision = inference::ChoosePrecision(options_.job.precision, base_);
    model::TaskModelOptions trained = {.head = outcome_.trained.head,
                                       .adapter = outcome_.trained.adapter,
                                       .trains_base = options_.model.method == FinetuneMethod::kFull,
                                       .base = precision,
                                       .products = model::ProductsWith(precision)};
    const TaskPlan plan =
        PlanTask(trained, base_.shape(), options_.training.recompute, options_.job.batch_tokens, ranks_);
    reporter().Note(Describe(plan));
    trained.recompute = plan.recompute;
    model::TrainableTaskModel model(base_, trained);
    model.InitializeRandomly(options_.training.seed);
    training::ModelLearner learner(model, examples_, options_.job.batch_tokens);
    Finish(learner,
           TrainEpochs(learner, data_.split.train, data_.split.valid, Begin(), ranks_, EpochSettings(), reporter()));
  }

  /// Every example, and those to train on from the other strand when that is asked for.
  std::vector<training::ExampleDraw> Draws() const {
    std::vector<training::ExampleDraw> draws;
    for (const auto* part : {&data_.split.train, &data_.split.valid, &data_.split.test})
      for (const int64_t example : *part) draws.push_back({.example = example, .reverse = false});
    if (options_.training.reverse_complement)
      for (const int64_t example : data_.split.train) draws.push_back({.example = example, .reverse = true});
    return draws;
  }

  std::unique_ptr<const training::FeatureSet> ComputeFeatures(const std::vector<training::ExampleDraw>& draws,
                                                              const std::vector<HiddenLayer>& layers) {
    inference::Engine engine({.model = base_.path(), .adapter = "", .precision = options_.job.precision, .device = ""});
    Progress progress(reporter(), "embedding", "tokens");
    // One rank of several must not leave the others: they stop together, behind this stage.
    const auto show = [&](int64_t tokens, double share) {
      if (ranks_.size() == 1)
        progress.Update(tokens, share);
      else
        progress.Show(tokens, share);
    };
    std::unique_ptr<const training::FeatureSet> features;
    engine.Run([&](model::Encoder& encoder) {
      const training::FeatureRequest request{
          .layers = layers, .pooling = outcome_.trained.head.pooling, .pass_tokens = options_.job.batch_tokens};
      features = std::make_unique<training::FeatureSet>(encoder, examples_, draws, request, ranks_, show);
    });
    return features;
  }

  void TrainProbe() {
    const std::vector<HiddenLayer> layers = inference::ParseLayers(options_.model.layers, base_.shape().layers);
    const std::vector<training::ExampleDraw> draws = Draws();
    const auto features = ComputeFeatures(draws, layers);
    if (training::AnyRankStops(reporter(), ranks_)) throw Stopped();
    Begin();
    double best = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < layers.size(); ++i) {
      model::TrainableProbe probe(base_.shape(), outcome_.trained.head);
      probe.InitializeRandomly(options_.training.seed);
      training::FeatureLearner learner(probe, examples_, draws, features->Layer(i), data_.split.train);
      const bool is_alone = layers.size() == 1;
      const training::RunFolder folder(is_alone ? path_ : folder_->File(inference::ArrayName(layers[i])));
      training::EpochSettings settings = EpochSettings();
      if (!is_alone) settings.label += ", " + inference::ArrayName(layers[i]);
      const training::TaskRunState state =
          TrainEpochs(learner, data_.split.train, data_.split.valid, folder, ranks_, settings, reporter());
      if (!is_alone) outcome_.layers.push_back({layers[i], state.best.loss});
      if (i > 0 && !(state.best.loss < best)) continue;
      best = state.best.loss;
      outcome_.trained.layer = layers[i];
      Finish(learner, state, [&] { learner.FoldIntoHead(); });
    }
  }

  /// Predictions of what was learned, and its values, changed by `fold` first if need be.
  void Finish(
      training::Learner& learner, const training::TaskRunState& state, const std::function<void()>& fold = [] {}) {
    outcome_.state = state;
    outcome_.num_trained = static_cast<int64_t>(learner.parameters().gradients().size());
    const auto predict = [&](const std::vector<int64_t>& part) {
      const training::Prediction prediction = PredictOverRanks(learner, part, ranks_);
      if (ranks_.rank() != 0) return scores::LabelledPredictions{};
      return LabelOutputs(examples_, part, prediction.outputs, data_.transform);
    };
    outcome_.valid = predict(data_.split.valid);
    outcome_.test = predict(data_.split.test);
    fold();
    outcome_.trained.values.clear();
    for (const model::PlacedParameter& placed : learner.parameters().table()) {
      if (placed.is_frozen) continue;
      const std::span<const float> values = learner.parameters().ValuesOf(placed.parameter.name);
      outcome_.trained.values[placed.parameter.name].assign(values.begin(), values.end());
    }
  }

  const RunOptions& options_;
  const TaskData& data_;
  model::Checkpoint& base_;
  ranks::Communicator& ranks_;
  std::string path_;
  std::optional<training::RunFolder> folder_;
  training::ExampleEncoder examples_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome RunFinetuning(const RunOptions& options, const TaskData& data, model::Checkpoint& base,
                         const std::string& folder, ranks::Communicator& ranks) {
  return Run(options, data, base, folder, ranks).Train();
}

}  // namespace agront::tasks
