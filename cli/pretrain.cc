// SPDX-License-Identifier: Apache-2.0
#include "agront/pretrain.h"

#include <memory>

#include "command.h"
#include "config_file.h"

namespace agront::cli {
namespace {

/// The parser takes -1 for the largest number without a sign.
std::string NotNegative(const std::string& text) {
  return text.starts_with("-") ? "expected 0 or more, got " + text : "";
}

void AddModelOptions(CLI::App& command, PretrainOptions& options) {
  command.add_option("--init", options.init, "A model to start from; without it a new one of this shape:")
      ->type_name("DIR|NAME");
  const auto add = [&](const char* flag, int64_t& value, const char* help) {
    command.add_option(flag, value, help)->type_name("N");
  };
  add("--hidden", options.hidden, "Channels (1500)");
  add("--heads", options.heads, "Attention heads of a layer (20)");
  add("--layers", options.layers, "Layers (40)");
  add("--ffn", options.ffn, "Channels inside the feed-forward (5120)");
  add("--max-tokens", options.max_tokens, "Of the longest sequence that the model will take (1024)");
}

void AddOptimizerOptions(CLI::App& command, PretrainOptions& options) {
  AddShown(command, "--steps", options.steps, "N", "Updates in all");
  AddShown(command, "--batch-tokens", options.batch_tokens, "N", "Of an update, rounded up to whole windows");
  AddShown(command, "--learning-rate", options.learning_rate, "RATE", "After the warm-up");
  AddShown(command, "--learning-rate-start", options.learning_rate_start, "RATE", "Before it");
  AddShown(command, "--learning-rate-final", options.learning_rate_final, "RATE",
           "At the last step, for cosine and linear decay");
  AddShown(command, "--warmup-steps", options.warmup_steps, "N", "Updates while the rate rises in a straight line");
  AddShown(command, "--decay", options.decay, "WORD", "Of the rate afterwards: sqrt, cosine, linear, none");
  AddShown(command, "--beta1", options.beta1, "X", "Of AdamW");
  AddShown(command, "--beta2", options.beta2, "X", "Of AdamW");
  AddShown(command, "--epsilon", options.epsilon, "X", "Of AdamW");
  AddShown(command, "--weight-decay", options.weight_decay, "X", "Of matrices; biases and LayerNorm have none");
  AddShown(command, "--clip-norm", options.clip_norm, "X", "Gradients with a larger norm are scaled to it; 0: never");
  AddShown(command, "--seed", options.seed, "N", "Of the initial weights, the order of windows and the masks")
      ->check(NotNegative);
}

void AddObjectiveOptions(CLI::App& command, PretrainOptions& options) {
  AddShown(command, "--window-tokens", options.window_tokens, "N",
           "0: the corpus's windows whole; else they are cut to this length");
  AddShown(command, "--masking-ratio", options.masking_ratio, "SHARE", "Of 6-mers, in the loss");
  AddShown(command, "--mask-share", options.mask_share, "SHARE", "Of these, shown as <mask>");
  AddShown(command, "--random-share", options.random_share, "SHARE", "Of these, shown as a random token");
  command.add_flag("--random-any-token", options.random_any_token,
                   "Random tokens from the whole vocabulary, not 6-mers alone");
  AddShown(command, "--repeat-weight", options.repeat_weight, "X", "Of bases in repeats, in the loss");
  command.add_flag("--one-strand", options.one_strand, "No reverse complements");
  AddShown(command, "--fold", options.fold, "N", "Leave this fold of the corpus out; -1: none");
}

void AddRunOptions(CLI::App& command, PretrainOptions& options) {
  AddShown(command, "--micro-batch", options.micro_batch, "N", "Windows of one pass; 0: as memory allows");
  AddShown(command, "--precision", options.job.precision, "P",
           "Of the matrix products: fp32, bf16 (mixed precision, where the processor multiplies bf16), auto");
  AddShown(command, "--recompute", options.recompute, "WORD",
           "Compute activations anew on the way back: on, off, auto (if memory is short)");
  command
      .add_option("--max-memory", options.max_memory, "That each process may take, such as 20G; default: what is free")
      ->type_name("SIZE");
  AddShown(command, "--checkpoint-every", options.checkpoint_every, "N", "Steps");
  AddShown(command, "--keep", options.keep, "N", "Checkpoints to keep");
  AddShown(command, "--validate-every", options.validate_every, "N", "Steps");
  AddShown(command, "--validation-windows", options.validation_windows, "N", "0: no validation");
  AddShown(command, "--max-skipped", options.max_skipped, "N",
           "Updates in a row without a finite gradient, before the run stops");
}

}  // namespace

std::function<void()> SetUpPretrain(CLI::App& command) {
  auto options = std::make_shared<PretrainOptions>();
  auto config = std::make_shared<std::string>();
  command.add_option("--corpus", options->corpus, "Folder that agront corpus wrote")->type_name("DIR");
  AddRunFolderOptions(command, options->job, *config, "RUN");
  AddModelOptions(command, *options);
  AddOptimizerOptions(command, *options);
  AddObjectiveOptions(command, *options);
  AddRunOptions(command, *options);
  AddExample(
      command,
      "agront pretrain --corpus corpus --init agront-mini --window-tokens 128 --batch-tokens 1024 --steps 20 -o run");
  return [options, config, &command] {
    if (!config->empty()) ApplyConfig(command, *config);
    options->job.command_line = CommandLine();
    Pretrain(*options);
  };
}

}  // namespace agront::cli
