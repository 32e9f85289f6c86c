// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/settings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "data/labelled/target_transform.h"
#include "inference/provenance.h"
#include "inference/layer_list.h"
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

HeadPooling PoolingOf(const FinetuneOptions& options) {
  if (options.task == TaskKind::kToken) return HeadPooling::kNone;
  return options.pooling.value_or(HeadPooling::kMean);
}

/// In the order of the enumeration.
constexpr std::array<std::string_view, model::kNumAdapterTargets> kTargets = {"q", "k", "v", "o", "fc1", "fc2"};

std::string TextOf(const std::vector<AdapterTarget>& targets) {
  std::string text;
  for (const AdapterTarget target : targets)
    text += (text.empty() ? "" : ",") + std::string(kTargets.at(static_cast<size_t>(target)));
  return text;
}

/// What suits adapters is too much for all weights at once. The states that a probe has pooled are scaled to the length
/// of 1 (training/fine_tuning/feature_learner.h) and ask for longer steps than those of tokens, which are not.
double DefaultLearningRate(const FinetuneOptions& options) {
  switch (options.method) {
    case FinetuneMethod::kProbe: return HasPooledStates(PoolingOf(options)) ? 5e-3 : 2e-3;
    case FinetuneMethod::kIa3: return 3e-3;
    case FinetuneMethod::kLora: return 5e-4;
    case FinetuneMethod::kFull: return 5e-5;
  }
  return 0;
}

bool HasAdapter(FinetuneMethod method) { return method == FinetuneMethod::kIa3 || method == FinetuneMethod::kLora; }

/// Who is held out is said once: two ways that disagree would leave one of them without effect.
void CheckDivision(const FinetuneOptions& options) {
  const SplitOptions& split = options.split;
  const bool has_files = !options.valid.empty() || !options.test.empty();
  const bool names_groups = !split.test_groups.empty() || !split.valid_groups.empty();
  if (options.folds > 0 && has_files)
    FailUsage("--folds: divides the training file; expected no --valid and no --test");
  if (options.folds > 0 && names_groups)
    FailUsage("--folds: every example is tested once; expected no --test-groups and no --valid-groups");
  if (options.folds > 0 && split.test_share > 0)
    FailUsage("--folds: every example is tested once; expected no --test-share");
  if (has_files && !options.data.split_column.empty())
    FailUsage("--split-column: divides one file; expected no --valid and no --test");
  if (!options.test.empty() && !split.test_groups.empty())
    FailUsage("--test-groups: expected no --test, which says what to test on");
  if (!options.valid.empty() && !split.valid_groups.empty())
    FailUsage("--valid-groups: expected no --valid, which says what to validate on");
  if (split.test_share > 0 && (!options.test.empty() || !split.test_groups.empty()))
    FailUsage("--test-share: expected no --test and no --test-groups, which say what to test on");
  if (split.test_share > 0 && !options.valid.empty())
    FailUsage("--test-share: expected no --valid, beside which no part of --train is drawn");
  for (const std::string& group : split.test_groups)
    if (std::ranges::count(split.valid_groups, group) > 0)
      FailUsage("--test-groups and --valid-groups: expected each group in one of them, got {:?} in both", group);
}

void CheckCombinations(const FinetuneOptions& options) {
  if (options.task == TaskKind::kToken && options.pooling && *options.pooling != HeadPooling::kNone)
    FailUsage("--pooling: a task per token has none, got \"{}\"", model::Name(*options.pooling));
  if (options.task != TaskKind::kToken && options.pooling == HeadPooling::kNone)
    FailUsage("--pooling: expected mean, cls, centre or attention, got \"none\"");
  if (options.task != TaskKind::kRegression && !options.transform.empty())
    FailUsage("--transform: goes with --task regression");
  if (options.task == TaskKind::kRegression && options.class_weights)
    FailUsage("--class-weights: goes with classes, not with --task regression");
  if (!HasAdapter(options.method) && !options.targets.empty()) FailUsage("--targets: goes with --method lora or ia3");
  if (!HasAdapter(options.method) && options.merge) FailUsage("--merge: goes with --method lora or ia3");
  if (options.method != FinetuneMethod::kProbe && options.layers != "last")
    FailUsage("--layers: goes with --method probe");
  if (options.layers != "last" && (options.pooling == HeadPooling::kAttention || options.task == TaskKind::kToken))
    FailUsage("--layers: goes with a pooling that has nothing to learn (mean, cls, centre)");
  if (options.method == FinetuneMethod::kFull && options.job.precision != Precision::kFp32)
    FailUsage("--precision: full fine-tuning is in fp32, got \"{}\"", tensor::Name(options.job.precision));
  CheckDivision(options);
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

std::string NameOf(LongSequences choice) {
  switch (choice) {
    case LongSequences::kError: return "error";
    case LongSequences::kCentre: return "centre";
    case LongSequences::kWindows: return "windows";
  }
  return "";
}

void CheckOptions(const FinetuneOptions& options) {
  if (options.job.output == "-") FailUsage("output: expected a folder (-o), got standard output");
  for (const auto& [option, path] :
       {std::pair{"--train", options.train}, std::pair{"--valid", options.valid}, std::pair{"--test", options.test},
        std::pair{"--labels", options.data.labels}, std::pair{"--genome", options.data.genome},
        std::pair{"--model", options.job.model}})
    inference::CheckName(option, path);
  AdapterOf(options);
  CheckCount("rank", options.rank, 1, 1 << 16);
  CheckRange("alpha", options.alpha, 0, 1e6);
  CheckCount("epochs", options.epochs, 1, 1'000'000);
  CheckCount("batch-size", options.batch_size, 1, 1'000'000);
  CheckRange("learning-rate", options.learning_rate, 0, 1e3);
  CheckRange("warmup-share", options.warmup_share, 0, 1);
  CheckRange("weight-decay", options.weight_decay, 0, 1e3);
  CheckRange("clip-norm", options.clip_norm, 0, 1e30);
  CheckCount("patience", options.patience, 0);
  CheckCount("seeds", options.seeds, 1, 1000);
  CheckCount("folds", options.folds, 0, 1000);
  if (options.folds == 1) FailUsage("--folds: expected 0 (none) or at least 2, got 1");
  CheckCount("bootstrap", options.bootstrap, 0, 1'000'000);
  CheckCount("checkpoint-every", options.checkpoint_every, 1);
  CheckRange("test-share", options.split.test_share, 0, 0.9);
  CheckRange("valid-share", options.split.valid_share, 0, 0.9);
  if (options.decay == Decay::kSquareRoot) FailUsage("--decay: expected linear, cosine or none, got \"sqrt\"");
  CheckCombinations(options);
}

model::AdapterConfig AdapterOf(const FinetuneOptions& options) {
  if (!HasAdapter(options.method)) return {};
  model::AdapterConfig config = options.method == FinetuneMethod::kLora ? model::DefaultLora() : model::DefaultIa3();
  config.rank = options.rank;
  config.alpha = options.alpha;
  if (options.targets.empty()) return config;
  config.targets = options.targets;
  std::ranges::sort(config.targets);
  if (std::ranges::adjacent_find(config.targets) != config.targets.end())
    FailUsage("--targets: expected each once, got \"{}\"", TextOf(options.targets));
  if (options.method == FinetuneMethod::kIa3)
    std::erase_if(config.scaled_inputs,
                  [&](AdapterTarget target) { return std::ranges::count(config.targets, target) == 0; });
  return config;
}

bool HasPooledStates(HeadPooling pooling) {
  return pooling != HeadPooling::kNone && pooling != HeadPooling::kAttention;
}

model::TaskHeadConfig HeadOf(const FinetuneOptions& options, const PredictionTask& task) {
  return {.task = task, .kind = options.head, .pooling = PoolingOf(options)};
}

std::vector<HiddenLayer> ProbeLayers(const FinetuneOptions& options, const ModelShape& shape) {
  return inference::ParseLayers(options.layers, shape.layers);
}

training::TaskTrainerSettings TrainerSettingsOf(const FinetuneOptions& options, int64_t steps) {
  const double rate = options.learning_rate > 0 ? options.learning_rate : DefaultLearningRate(options);
  return {.batch_size = options.batch_size,
          .learning_rate = {.start = 0,
                            .peak = rate,
                            .warmup = std::llround(options.warmup_share * static_cast<double>(steps)),
                            .decay = options.decay,
                            .final = 0,
                            .total = steps},
          .adamw = {.weight_decay = options.weight_decay},
          .clip_norm = options.clip_norm,
          .seed = options.seed,
          .reverse_complement = options.reverse_complement};
}

nlohmann::ordered_json Describe(const FinetuneOptions& options) {
  const double rate = options.learning_rate > 0 ? options.learning_rate : DefaultLearningRate(options);
  nlohmann::ordered_json json = {{"task", model::Name(options.task)},
                                 {"method", NameOf(options.method)},
                                 {"train", options.train},
                                 {"valid", options.valid},
                                 {"test", options.test},
                                 {"folds", options.folds},
                                 {"head", model::Name(options.head)}};
  if (options.task != TaskKind::kToken) json["pooling"] = model::Name(PoolingOf(options));
  if (options.method == FinetuneMethod::kProbe) json["layers"] = options.layers;
  if (HasAdapter(options.method)) json["targets"] = options.targets.empty() ? "default" : TextOf(options.targets);
  if (options.method == FinetuneMethod::kLora) {
    json["rank"] = options.rank;
    json["alpha"] = options.alpha;
  }
  json.update({{"long", NameOf(options.long_sequences)},
               {"transform", data::TextOf(options.transform)},
               {"class-weights", options.class_weights},
               {"reverse-complement", options.reverse_complement},
               {"precision", tensor::Name(options.job.precision)},
               {"epochs", options.epochs},
               {"batch-size", options.batch_size},
               {"learning-rate", rate},
               {"warmup-share", options.warmup_share},
               {"decay", training::Name(options.decay)},
               {"weight-decay", options.weight_decay},
               {"clip-norm", options.clip_norm},
               {"patience", options.patience},
               {"seed", options.seed},
               {"positive", options.data.positive},
               {"window", options.data.window.empty() ? "feature" : options.data.window},
               {"bootstrap", options.bootstrap},
               {"baselines", options.baselines},
               {"random-baseline", options.random_baseline},
               {"merge", options.merge}});
  return json;
}

}  // namespace agront::tasks
