// SPDX-License-Identifier: Apache-2.0
#include "agront/evaluate.h"

#include <memory>

#include "agront/error.h"
#include "command.h"
#include "labelled_options.h"

namespace agront::cli {
namespace {

struct Options {
  EvaluateOptions masked;
  EvaluateFinetunedOptions finetuned;
  bool mlm = false;
  std::vector<std::string> inputs;
};

void Evaluate(Options& options) {
  JobOptions& job = options.masked.job;
  job.command_line = CommandLine();
  if (options.mlm) {
    if (options.inputs.size() > 1) throw UsageError("evaluate --mlm: expected one IN");
    if (!options.inputs.empty()) options.masked.input.fasta = options.inputs.front();
    options.masked.input.genome = options.finetuned.data.genome;
    options.masked.input.feature = options.finetuned.data.feature;
    options.masked.input.window = options.finetuned.data.window;
    options.masked.input.pads_at_ends = options.finetuned.data.pads_at_ends;
    return EvaluateMaskedModel(options.masked);
  }
  if (options.inputs.size() != 2) throw UsageError("evaluate: expected DIR and TEST, or --mlm and IN");
  options.finetuned.job = job;
  options.finetuned.finetuned = options.inputs[0];
  options.finetuned.data.path = options.inputs[1];
  options.finetuned.seed = options.masked.seed;
  options.finetuned.json = options.masked.json;
  EvaluateFinetuned(options.finetuned);
}

}  // namespace

std::function<void()> SetUpEvaluate(CLI::App& command) {
  auto options = std::make_shared<Options>();
  EvaluateOptions& masked = options->masked;
  command
      .add_option(
          "inputs", options->inputs,
          "DIR is the folder of a fine-tuned model, TEST a file with labels (as --train of finetune); with --mlm, IN is "
          "a FASTA file, or - for standard input")
      ->type_name("DIR TEST | IN");
  AddJobOptions(command, masked.job, "File for the scores; default: standard output");
  AddPrecisionOption(command, masked.job);
  AddDeviceOption(command, masked.job);
  AddAdapterOption(command, masked.job);
  AddExampleOptions(command, options->finetuned.data,
                    {.file = &masked.input.regions, .list = &masked.input.region_list});
  AddLabelOptions(command, options->finetuned.data);
  command
      .add_option("--bootstrap", options->finetuned.bootstrap,
                  "Number of bootstrap resamples for the 95 % intervals of scores; 0: no intervals")
      ->type_name("N")
      ->capture_default_str();
  command.add_flag(
      "--any-length", options->finetuned.any_length,
      "Take also sequences less than half as long as the shortest training sequence, or more than twice as "
      "long as the longest, instead of an error");
  command.add_flag(
      "--mlm", options->mlm,
      "Evaluate the masked language model instead of a fine-tuned one: how well it predicts masked 6-mers");
  command
      .add_option("--overlap", masked.input.overlap,
                  "With --mlm: bases that two neighbouring windows of a long record share")
      ->type_name("BP")
      ->capture_default_str();
  command.add_option("--batch-tokens", masked.job.batch_tokens, "Number of tokens that go through the model at a time")
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option("--masking-ratio", masked.masking_ratio, "With --mlm: share of the 6-mers to mask, drawn at random")
      ->type_name("SHARE")
      ->capture_default_str();
  command
      .add_option("--seed", masked.seed, "Random seed of the bootstrap resamples; with --mlm of the choice of 6-mers")
      ->type_name("SEED")
      ->capture_default_str();
  command.add_flag("--every", masked.every,
                   "With --mlm: mask each 6-mer once, a seventh of them at a time, instead of a random share");
  command.add_flag("--json", masked.json, "Write one JSON object instead of lines of text");
  AddExample(command, "agront evaluate --mlm --every genes.fa.gz");
  return [options] { Evaluate(*options); };
}

}  // namespace agront::cli
