// SPDX-License-Identifier: Apache-2.0
#include "agront/pretrain.h"

#include <memory>

#include "command.h"
#include "size_option.h"
#include "training_words.h"
#include "word_option.h"

namespace agront::cli {
namespace {

void AddModelOptions(CLI::App& command, PretrainOptions& options) {
  command.option_defaults()->group("Model");
  command
      .add_option(
          "--init", options.init,
          "Model to start from, a folder, agront-mini or the name of a fetched one; without it a new one of the "
          "shape that follows")
      ->type_name("DIR|NAME");
  const auto add = [&](const char* flag, int64_t& value, const char* help) {
    command.add_option(flag, value, help)->type_name("N");
  };
  add("--hidden", options.shape.hidden, "Number of channels (hidden size); default for a new model: 1500");
  add("--heads", options.shape.heads, "Number of attention heads of a layer; default for a new model: 20");
  add("--layers", options.shape.layers, "Number of layers; default for a new model: 40");
  add("--ffn", options.shape.ffn, "Number of channels inside the feed-forward; default for a new model: 5120");
  add("--max-tokens", options.shape.max_tokens,
      "Number of tokens of the longest sequence that the model takes; default for a new model: 1024");
}

void AddOptimizerOptions(CLI::App& command, PretrainOptions& options) {
  command.option_defaults()->group("Optimizer");
  AddShown(command, "--steps", options.training.steps, "N", "Number of updates");
  AddShown(command, "--batch-tokens", options.training.batch_tokens, "N",
           "Number of tokens of an update, rounded up to whole windows");
  AddShown(command, "--learning-rate", options.training.learning_rate, "RATE",
           "Peak learning rate, reached after warm-up");
  AddShown(command, "--learning-rate-start", options.training.learning_rate_start, "RATE",
           "Learning rate from which warm-up begins");
  AddShown(command, "--learning-rate-final", options.training.learning_rate_final, "RATE",
           "Learning rate at the last update, with --decay cosine or linear");
  AddShown(command, "--warmup-steps", options.training.warmup_steps, "N",
           "Number of updates in which the learning rate rises in a straight line");
  AddWord(
      command, "--decay", options.training.decay,
      {{"sqrt", Decay::kSquareRoot}, {"cosine", Decay::kCosine}, {"linear", Decay::kLinear}, {"none", Decay::kNone}},
      "How the learning rate falls after warm-up: sqrt (inverse square root), cosine, linear, none");
  AddShown(command, "--beta1", options.training.beta1, "X", "AdamW beta1: decay of the mean of gradients");
  AddShown(command, "--beta2", options.training.beta2, "X", "AdamW beta2: decay of the mean of squared gradients");
  AddShown(command, "--epsilon", options.training.epsilon, "X", "AdamW epsilon, added to the denominator");
  AddShown(command, "--weight-decay", options.training.weight_decay, "X",
           "AdamW weight decay, of matrices; biases and LayerNorm have none");
  AddShown(command, "--clip-norm", options.training.clip_norm, "X",
           "Norm to which larger gradients are scaled down; 0: never");
  AddShown(command, "--seed", options.training.seed, "SEED",
           "Random seed of the initial weights, of the order of windows and of the masks");
}

void AddObjectiveOptions(CLI::App& command, PretrainOptions& options) {
  command.option_defaults()->group("Objective");
  AddShown(command, "--window-tokens", options.data.window_tokens, "N",
           "Number of tokens that the windows of the corpus are cut to; 0: they stay whole");
  AddShown(command, "--masking-ratio", options.masking.masking_ratio, "SHARE",
           "Share of the 6-mers that are in the loss");
  AddShown(command, "--mask-share", options.masking.mask_share, "SHARE",
           "Share of these 6-mers that the model sees as <mask>");
  AddShown(command, "--random-share", options.masking.random_share, "SHARE",
           "Share of these 6-mers that the model sees as a random token");
  command.add_flag("--random-any-token", options.masking.random_any_token,
                   "Draw random tokens from the whole vocabulary, not from 6-mers alone");
  AddShown(command, "--repeat-weight", options.masking.repeat_weight, "X",
           "Weight in the loss of bases in repeats; other bases have 1");
  command.add_flag("--one-strand", options.data.one_strand, "Read no window as its reverse complement");
  AddShown(command, "--fold", options.data.fold, "N", "Fold of the corpus to leave out, from 0; -1: none");
}

void AddRunOptions(CLI::App& command, PretrainOptions& options) {
  command.option_defaults()->group("Run");
  AddShown(command, "--micro-batch", options.memory.micro_batch, "N",
           "Number of windows of one forward and backward pass; 0: as memory allows");
  AddWord(
      command, "--precision", options.job.precision,
      {{"fp32", Precision::kFp32}, {"bf16", Precision::kBf16}, {"auto", kAutoPrecision}},
      "Number format of the matrix products: fp32, bf16 (mixed precision, where the processor multiplies bf16), auto");
  AddWord(command, "--recompute", options.memory.recompute, kRecompute,
          "Recompute activations in the backward pass instead of keeping them: on, off, auto (if memory is short)");
  AddSize(command, "--max-memory", options.memory.max_memory,
          "Memory that each process may take, such as 20G; default: what is free");
  AddShown(command, "--checkpoint-every", options.records.checkpoint_every, "N",
           "Number of updates between two checkpoints");
  AddShown(command, "--keep", options.records.keep, "N", "Number of checkpoints to keep");
  AddShown(command, "--validate-every", options.records.validate_every, "N",
           "Number of updates between two validations");
  AddShown(command, "--validation-windows", options.records.validation_windows, "N",
           "Number of windows of a validation; 0: no validation");
  AddShown(command, "--max-skipped", options.training.max_skipped, "N",
           "Number of updates in a row without a finite gradient after which the run stops with an error");
}

}  // namespace

std::function<void()> SetUpPretrain(CLI::App& command) {
  auto options = std::make_shared<PretrainOptions>();
  command.add_option("--corpus", options->data.corpus, "Folder of the corpus, which agront corpus wrote")
      ->type_name("DIR");
  AddRunFolderOptions(command, options->job, "RUN");
  AddModelOptions(command, *options);
  AddOptimizerOptions(command, *options);
  AddObjectiveOptions(command, *options);
  AddRunOptions(command, *options);
  AddExample(
      command,
      "agront pretrain --corpus corpus --init agront-mini --window-tokens 128 --batch-tokens 1024 --steps 20 -o run");
  return [options] {
    options->job.command_line = CommandLine();
    Pretrain(*options);
  };
}

}  // namespace agront::cli
