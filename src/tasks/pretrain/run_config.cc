// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/run_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "agront/printable.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "inference/provenance.h"
#include "ops/linear/linear_scratch.h"
#include "tensor/precision.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {
namespace {

constexpr char kConfigFile[] = "config.json";

/// 0 where nothing is asked for.
constexpr std::pair<const char*, int64_t PretrainShape::*> kShape[] = {{"hidden", &PretrainShape::hidden},
                                                                       {"heads", &PretrainShape::heads},
                                                                       {"layers", &PretrainShape::layers},
                                                                       {"ffn", &PretrainShape::ffn},
                                                                       {"max-tokens", &PretrainShape::max_tokens}};

void CheckRange(const char* flag, double value, double least, double most) {
  if (!(value >= least && value <= most)) FailUsage("--{}: expected {} to {}, got {}", flag, least, most, value);
}

constexpr int64_t kMostCount = 1'000'000'000'000;  // of steps, tokens: products of two stay numbers
constexpr int64_t kMostSize = 1'000'000;           // of a model's channels, heads, tokens
constexpr int64_t kMostLayers = 10'000;
constexpr int64_t kMostBytes = 1'000'000'000'000'000;

void CheckCount(const char* flag, int64_t value, int64_t least, int64_t most = kMostCount) {
  if (value < least || value > most) FailUsage("--{}: expected {} to {}, got {}", flag, least, most, value);
}

/// In the order of the enumeration.
constexpr std::array<std::string_view, 3> kRecompute = {"auto", "on", "off"};

Recompute RecomputeNamed(std::string_view word, const std::string& path) {
  const auto found = std::ranges::find(kRecompute, word);
  if (found == kRecompute.end()) Fail("{}: recompute: expected on, off or auto, got \"{}\"", path, Printable(word));
  return static_cast<Recompute>(found - kRecompute.begin());
}

std::optional<Precision> PrecisionNamed(std::string_view word, const std::string& path) {
  if (word == tensor::Name(kAutoPrecision)) return kAutoPrecision;
  if (const auto precision = tensor::ParsePrecision(word)) return precision;
  Fail("{}: precision: expected fp32, bf16 or auto, got \"{}\"", path, Printable(word));
}

}  // namespace

void CheckOptions(const PretrainOptions& options) {
  if (options.data.corpus.empty()) FailUsage("--corpus: expected the folder that agront corpus wrote");
  inference::CheckName("--corpus", options.data.corpus);
  inference::CheckName("--init", options.init);
  for (const auto& [flag, member] : kShape) CheckCount(flag, options.shape.*member, 0, kMostSize);
  CheckCount("layers", options.shape.layers, 0, kMostLayers);
  CheckCount("steps", options.training.steps, 1);
  CheckCount("batch-tokens", options.training.batch_tokens, 1);
  CheckCount("window-tokens", options.data.window_tokens, 0, kMostSize);
  CheckCount("warmup-steps", options.training.warmup_steps, 0);
  CheckCount("micro-batch", options.memory.micro_batch, 0, kMostSize);
  CheckCount("checkpoint-every", options.records.checkpoint_every, 1);
  CheckCount("keep", options.records.keep, 1);
  CheckCount("validate-every", options.records.validate_every, 1);
  CheckCount("validation-windows", options.records.validation_windows, 0, kMostSize);
  CheckCount("fold", options.data.fold, -1, kMostSize);
  CheckCount("max-skipped", options.training.max_skipped, 0);
  constexpr double kMost = 1e3;
  CheckRange("learning-rate", options.training.learning_rate, 0, kMost);
  CheckRange("learning-rate-start", options.training.learning_rate_start, 0, kMost);
  CheckRange("learning-rate-final", options.training.learning_rate_final, 0, kMost);
  CheckRange("beta1", options.training.beta1, 0, std::nextafter(1.0, 0.0));
  CheckRange("beta2", options.training.beta2, 0, std::nextafter(1.0, 0.0));
  CheckRange("epsilon", options.training.epsilon, 1e-30, 1);  // 0 would divide 0 by 0
  CheckRange("weight-decay", options.training.weight_decay, 0, kMost);
  CheckRange("clip-norm", options.training.clip_norm, 0, 1e30);
  CheckCount("max-memory", options.memory.max_memory, 0, kMostBytes);
  if (options.job.precision == Precision::kInt8) FailUsage("--precision: expected fp32, bf16 or auto, got \"int8\"");
  if (options.job.precision == Precision::kBf16) ops::CheckProducts(Precision::kBf16);
}

nlohmann::ordered_json Describe(const PretrainOptions& options) {
  return {{"corpus", options.data.corpus},
          {"init", options.init},
          {"hidden", options.shape.hidden},
          {"heads", options.shape.heads},
          {"layers", options.shape.layers},
          {"ffn", options.shape.ffn},
          {"max-tokens", options.shape.max_tokens},
          {"steps", options.training.steps},
          {"batch-tokens", options.training.batch_tokens},
          {"window-tokens", options.data.window_tokens},
          {"seed", options.training.seed},
          {"learning-rate", options.training.learning_rate},
          {"learning-rate-start", options.training.learning_rate_start},
          {"learning-rate-final", options.training.learning_rate_final},
          {"warmup-steps", options.training.warmup_steps},
          {"decay", training::Name(options.training.decay)},
          {"beta1", options.training.beta1},
          {"beta2", options.training.beta2},
          {"epsilon", options.training.epsilon},
          {"weight-decay", options.training.weight_decay},
          {"clip-norm", options.training.clip_norm},
          {"masking-ratio", options.masking.masking_ratio},
          {"mask-share", options.masking.mask_share},
          {"random-share", options.masking.random_share},
          {"random-any-token", options.masking.random_any_token},
          {"repeat-weight", options.masking.repeat_weight},
          {"one-strand", options.data.one_strand},
          {"fold", options.data.fold},
          {"micro-batch", options.memory.micro_batch},
          {"recompute", kRecompute.at(static_cast<size_t>(options.memory.recompute))},
          {"precision", tensor::Name(options.job.precision)},
          {"checkpoint-every", options.records.checkpoint_every},
          {"keep", options.records.keep},
          {"validate-every", options.records.validate_every},
          {"validation-windows", options.records.validation_windows},
          {"max-skipped", options.training.max_skipped}};
}

void TakeOver(const training::RunFolder& folder, PretrainOptions& options) {
  // The corpus is compared by its hash, wherever it lies now. The learning rate of a longer run is another one only if
  // it decays to the end.
  std::set<std::string> free = {"corpus",         "init", "micro-batch",        "recompute",  "checkpoint-every",
                                "validate-every", "keep", "validation-windows", "max-skipped"};
  if (options.training.decay == Decay::kSquareRoot || options.training.decay == Decay::kNone) free.insert("steps");
  if (options.job.precision == kAutoPrecision) free.insert("precision");
  const std::string path = folder.File(kConfigFile);
  if (!std::filesystem::exists(path)) {
    if (std::filesystem::exists(folder.File(training::kMetricsFile)))
      Fail("{}: holds {} but no {}: not the folder of a run", folder.path(), training::kMetricsFile, kConfigFile);
    return;
  }
  // Where nothing was trained, what a run was to begin with binds nobody.
  if (folder.Checkpoints().empty() && folder.ReadLines(training::kMetricsFile).empty()) return;
  const auto was = formats::ParseJson<nlohmann::ordered_json>(ReadTextFile(path), path);
  for (const auto& [flag, member] : kShape)
    if (options.shape.*member == 0) free.insert(flag);
  training::CheckSameOptions(path, was, Describe(options), free);
  const auto number = [&](const char* key) {
    if (!was[key].is_number_integer())
      Fail("{}: {}: expected a whole number, got {}", path, key, Printable(was[key].dump()));
    return was[key].get<int64_t>();
  };
  const auto word = [&](const char* key) {
    if (!was[key].is_string()) Fail("{}: {}: expected a text, got {}", path, key, Printable(was[key].dump()));
    return was[key].get<std::string>();
  };
  for (const auto& [flag, member] : kShape)
    if (options.shape.*member == 0) options.shape.*member = number(flag);
  if (options.memory.micro_batch == 0) options.memory.micro_batch = number("micro-batch");
  if (options.job.precision == kAutoPrecision) options.job.precision = PrecisionNamed(word("precision"), path);
  if (options.memory.recompute == Recompute::kAuto) options.memory.recompute = RecomputeNamed(word("recompute"), path);
  CheckOptions(options);
}

void WriteConfig(const training::RunFolder& folder, const PretrainOptions& options) {
  WriteTextFile(folder.File(kConfigFile), Describe(options).dump(2) + "\n");
}

ModelShape SettleShape(PretrainShape& wanted, const model::Checkpoint* initial) {
  // Positions 0 and 1 are never used. The epsilon is that of the JAX code, which the published model was trained with.
  constexpr int64_t kUnusedPositions = 2;
  constexpr float kEpsilon = 1e-5f;
  ModelShape shape = {.vocabulary = tokenizer::kVocabularySize,
                      .hidden = 1500,
                      .heads = 20,
                      .layers = 40,
                      .ffn = 5120,
                      .positions = 1024 + kUnusedPositions,
                      .layer_norm_epsilon = kEpsilon};
  if (initial != nullptr) shape = initial->shape();
  int64_t max_tokens = shape.max_tokens();
  int64_t* const values[] = {&shape.hidden, &shape.heads, &shape.layers, &shape.ffn, &max_tokens};
  for (size_t i = 0; i < std::size(kShape); ++i) {
    const auto& [flag, member] = kShape[i];
    int64_t& asked = wanted.*member;
    if (initial != nullptr && asked != 0 && asked != *values[i])
      FailUsage("--{}: expected the {} of {}, got {}", flag, *values[i], initial->path(), asked);
    if (asked == 0) asked = *values[i];
    *values[i] = asked;
  }
  if (initial == nullptr) shape.positions = max_tokens + kUnusedPositions;
  if (shape.hidden % shape.heads != 0)
    FailUsage("--heads: expected a number that divides the {} channels, got {}", shape.hidden, shape.heads);
  return shape;
}

training::LearningRate LearningRateOf(const PretrainTraining& training) {
  return {.start = training.learning_rate_start,
          .peak = training.learning_rate,
          .warmup = training.warmup_steps,
          .decay = training.decay,
          .final = training.learning_rate_final,
          .total = training.steps};
}

data::SamplerOptions SamplerOf(const PretrainData& data, const PretrainMasking& masking, uint64_t seed) {
  return {.seed = seed,
          .reverse_complement = !data.one_strand,
          .window_tokens = data.window_tokens,
          .masking = {.chosen = masking.masking_ratio,
                      .masked = masking.mask_share,
                      .random = masking.random_share,
                      .random_kmers = !masking.random_any_token,
                      .repeat_weight = masking.repeat_weight}};
}

}  // namespace agront::tasks
