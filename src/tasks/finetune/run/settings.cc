// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/settings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "data/example_windows.h"
#include "data/labelled/target_transform.h"
#include "inference/layer_list.h"
#include "inference/provenance.h"
#include "tensor/precision.h"

namespace agront::tasks {
namespace {

constexpr int64_t kMost = 1'000'000'000;

void CheckCount(const char* flag, int64_t value, int64_t least, int64_t most = kMost) {
  if (value < least || value > most) FailUsage("--{}: expected {} to {}, got {}", flag, least, most, value);
}

void CheckRange(const char* flag, double value, double least, double most) {
  if (!(value >= least && value <= most)) FailUsage("--{}: expected {} to {}, got {}", flag, least, most, value);
}

/// In the order of the enumeration.
constexpr std::array<std::string_view, model::kNumAdapterTargets> kTargets = {"q", "k", "v", "o", "fc1", "fc2"};

std::string TextOf(const std::vector<AdapterTarget>& targets) {
  std::string text;
  for (const AdapterTarget target : targets)
    text += (text.empty() ? "" : ",") + std::string(kTargets.at(static_cast<size_t>(target)));
  return text;
}

/// A rate that suits adapters is too high for all weights at once. The states that a probe has pooled are scaled to the
/// length of 1 (training/fine_tuning/feature_learner.h) and ask for longer steps than those of tokens, which are not.
double DefaultLearningRate(FinetuneMethod method, HeadPooling pooling) {
  switch (method) {
    case FinetuneMethod::kProbe: return HasPooledStates(pooling) ? 5e-3 : 2e-3;
    case FinetuneMethod::kIa3: return 3e-3;
    case FinetuneMethod::kLora: return 5e-4;
    case FinetuneMethod::kFull: return 5e-5;
  }
  return 0;
}

bool HasAdapter(FinetuneMethod method) { return method == FinetuneMethod::kIa3 || method == FinetuneMethod::kLora; }

/// The held-out examples are chosen in one way only: of two that disagree one would have no effect.
void CheckDivision(const FinetuneData& data) {
  const SplitOptions& split = data.split;
  const bool has_files = !data.valid.empty() || !data.test.empty();
  const bool names_groups = !split.test_groups.empty() || !split.valid_groups.empty();
  if (data.folds > 0 && has_files) FailUsage("--folds: divides the training file; expected no --valid and no --test");
  if (data.folds > 0 && names_groups)
    FailUsage("--folds: every example is tested once; expected no --test-groups and no --valid-groups");
  if (data.folds > 0 && split.test_share > 0)
    FailUsage("--folds: every example is tested once; expected no --test-share");
  if (has_files && !data.input.split_column.empty())
    FailUsage("--split-column: divides one file; expected no --valid and no --test");
  if (!data.test.empty() && !split.test_groups.empty())
    FailUsage("--test-groups: expected no --test, which says what to test on");
  if (!data.valid.empty() && !split.valid_groups.empty())
    FailUsage("--valid-groups: expected no --valid, which says what to validate on");
  if (split.test_share > 0 && (!data.test.empty() || !split.test_groups.empty()))
    FailUsage("--test-share: expected no --test and no --test-groups, which say what to test on");
  if (split.test_share > 0 && !data.valid.empty())
    FailUsage("--test-share: expected no --valid, beside which no part of --train is drawn");
  for (const std::string& group : split.test_groups)
    if (std::ranges::count(split.valid_groups, group) > 0)
      FailUsage("--test-groups and --valid-groups: expected each group in one of them, got {:?} in both", group);
}

void CheckData(const FinetuneData& data, TaskKind task) {
  CheckCount("folds", data.folds, 0, 1000);
  if (data.folds == 1) FailUsage("--folds: expected 0 (none) or at least 2, got 1");
  CheckRange("test-share", data.split.test_share, 0, 0.9);
  CheckRange("valid-share", data.split.valid_share, 0, 0.9);
  if (task != TaskKind::kRegression && !data.transform.empty()) FailUsage("--transform: goes with --task regression");
  if (task == TaskKind::kRegression && data.class_weights)
    FailUsage("--class-weights: goes with classes, not with --task regression");
  CheckDivision(data);
}

void CheckModel(const FinetuneModel& asked, TaskKind task) {
  AdapterOf(asked);
  CheckCount("rank", asked.rank, 1, 1 << 16);
  CheckRange("alpha", asked.alpha, 0, 1e6);
  const bool is_per_token = task == TaskKind::kToken;
  if (is_per_token && asked.pooling && *asked.pooling != HeadPooling::kNone)
    FailUsage("--pooling: a task per token has none, got \"{}\"", model::Name(*asked.pooling));
  if (!is_per_token && asked.pooling == HeadPooling::kNone)
    FailUsage("--pooling: expected mean, cls, centre or attention, got \"none\"");
  if (!HasAdapter(asked.method) && !asked.targets.empty()) FailUsage("--targets: goes with --method lora or ia3");
  if (asked.method != FinetuneMethod::kProbe && asked.layers != "last") FailUsage("--layers: goes with --method probe");
  if (asked.layers != "last" && (is_per_token || asked.pooling == HeadPooling::kAttention))
    FailUsage("--layers: goes with a pooling that has nothing to learn (mean, cls, centre)");
}

void CheckTraining(const FinetuneTraining& training) {
  CheckCount("epochs", training.epochs, 1, 1'000'000);
  CheckCount("batch-size", training.batch_size, 1, 1'000'000);
  CheckRange("learning-rate", training.learning_rate, 0, 1e3);
  CheckRange("warmup-share", training.warmup_share, 0, 1);
  CheckRange("weight-decay", training.weight_decay, 0, 1e3);
  CheckRange("clip-norm", training.clip_norm, 0, 1e30);
  CheckCount("patience", training.patience, 0);
  CheckCount("seeds", training.seeds, 1, 1000);
  CheckCount("checkpoint-every", training.checkpoint_every, 1);
  if (training.decay == Decay::kSquareRoot) FailUsage("--decay: expected linear, cosine or none, got \"sqrt\"");
}

void CheckOptions(const FinetuneOptions& options) {
  if (options.job.output == "-") FailUsage("output: expected a folder (-o), got standard output");
  for (const auto& [option, path] :
       {std::pair{"--train", options.data.train}, std::pair{"--valid", options.data.valid},
        std::pair{"--test", options.data.test}, std::pair{"--labels", options.data.input.labels},
        std::pair{"--genome", options.data.input.genome}, std::pair{"--model", options.job.model}})
    inference::CheckName(option, path);
  CheckTraining(options.training);
  CheckCount("bootstrap", options.results.bootstrap, 0, 1'000'000);
  CheckModel(options.model, options.task);
  if (!HasAdapter(options.model.method) && options.results.merge) FailUsage("--merge: goes with --method lora or ia3");
  if (options.model.method == FinetuneMethod::kFull && options.job.precision != Precision::kFp32)
    FailUsage("--precision: full fine-tuning is in fp32, got \"{}\"", tensor::Name(options.job.precision));
  CheckData(options.data, options.task);
}

}  // namespace

std::string NameOf(FinetuneMethod method) {
  switch (method) {
    case FinetuneMethod::kProbe: return "probe";
    case FinetuneMethod::kIa3: return "ia3";
    case FinetuneMethod::kLora: return "lora";
    case FinetuneMethod::kFull: return "full";
  }
  return "";
}

FinetuneOptions Settled(FinetuneOptions options) {
  CheckOptions(options);
  const bool is_per_token = options.task == TaskKind::kToken;
  const HeadPooling pooling = options.model.pooling.value_or(is_per_token ? HeadPooling::kNone : HeadPooling::kMean);
  options.model.pooling = pooling;
  double& rate = options.training.learning_rate;
  if (rate == 0) rate = DefaultLearningRate(options.model.method, pooling);
  return options;
}

model::AdapterConfig AdapterOf(const FinetuneModel& asked) {
  if (!HasAdapter(asked.method)) return {};
  model::AdapterConfig config = asked.method == FinetuneMethod::kLora ? model::DefaultLora() : model::DefaultIa3();
  config.rank = asked.rank;
  config.alpha = asked.alpha;
  if (asked.targets.empty()) return config;
  config.targets = asked.targets;
  std::ranges::sort(config.targets);
  if (std::ranges::adjacent_find(config.targets) != config.targets.end())
    FailUsage("--targets: expected each once, got \"{}\"", TextOf(asked.targets));
  if (asked.method == FinetuneMethod::kIa3)
    std::erase_if(config.scaled_inputs,
                  [&](AdapterTarget target) { return std::ranges::count(config.targets, target) == 0; });
  return config;
}

bool HasPooledStates(HeadPooling pooling) {
  return pooling != HeadPooling::kNone && pooling != HeadPooling::kAttention;
}

model::TaskHeadConfig HeadOf(const FinetuneModel& asked, const PredictionTask& task) {
  return {.task = task, .kind = asked.head, .pooling = asked.pooling.value()};
}

training::TrainerSettings TrainerSettingsOf(const FinetuneTraining& training, int64_t steps) {
  return {.learning_rate = {.start = 0,
                            .peak = training.learning_rate,
                            .warmup = std::llround(training.warmup_share * static_cast<double>(steps)),
                            .decay = training.decay,
                            .final = 0,
                            .total = steps},
          .adamw = {.weight_decay = training.weight_decay},
          .clip_norm = training.clip_norm};
}

nlohmann::ordered_json Describe(const FinetuneOptions& options) {
  const auto& [job, task, data, asked, training, results] = options;
  nlohmann::ordered_json json = {{"task", model::Name(task)},
                                 {"method", NameOf(asked.method)},
                                 {"train", data.train},
                                 {"valid", data.valid},
                                 {"test", data.test},
                                 {"folds", data.folds},
                                 {"head", model::Name(asked.head)}};
  if (task != TaskKind::kToken) json["pooling"] = model::Name(asked.pooling.value());
  if (asked.method == FinetuneMethod::kProbe) json["layers"] = asked.layers;
  if (HasAdapter(asked.method)) json["targets"] = asked.targets.empty() ? "default" : TextOf(asked.targets);
  if (asked.method == FinetuneMethod::kLora) {
    json["rank"] = asked.rank;
    json["alpha"] = asked.alpha;
  }
  json.update({{"long", data::NameOf(asked.long_sequences)},
               {"transform", data::TextOf(data.transform)},
               {"class-weights", data.class_weights},
               {"reverse-complement", training.reverse_complement},
               {"precision", tensor::Name(job.precision)},
               {"epochs", training.epochs},
               {"batch-size", training.batch_size},
               {"learning-rate", training.learning_rate},
               {"warmup-share", training.warmup_share},
               {"decay", training::Name(training.decay)},
               {"weight-decay", training.weight_decay},
               {"clip-norm", training.clip_norm},
               {"patience", training.patience},
               {"seed", training.seed},
               {"positive", data.input.positive},
               {"window", data.input.window.empty() ? "feature" : data.input.window},
               {"bootstrap", results.bootstrap},
               {"baselines", results.baselines},
               {"random-baseline", results.random_baseline},
               {"merge", results.merge}});
  return json;
}

}  // namespace agront::tasks
