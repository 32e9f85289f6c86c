// SPDX-License-Identifier: Apache-2.0
#include "agront/evaluate.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpEvaluate(CLI::App& command) {
  auto options = std::make_shared<EvaluateOptions>();
  AddJobOptions(command, options->job, "Text to write; default: standard output");
  AddInputOptions(command, options->job, options->input);
  AddPrecisionOption(command, options->job);
  AddAdapterOption(command, options->job);
  command
      .add_flag_callback(
          "--mlm", [] {}, "The masked language model: how well it tells 6-mers that are hidden")
      ->required();
  command.add_option("--masking-ratio", options->masking_ratio, "Chance of a 6-mer to be hidden")
      ->type_name("SHARE")
      ->capture_default_str();
  command.add_option("--seed", options->seed, "Of the choice")->type_name("N")->capture_default_str();
  command.add_flag("--every", options->every, "Instead: hide each 6-mer once, a seventh of them at a time");
  command.add_flag("--json", options->json, "One JSON object instead of lines of text");
  AddExample(command, "agront evaluate --mlm --every genes.fa.gz");
  return [options] {
    options->job.command_line = CommandLine();
    EvaluateMaskedModel(*options);
  };
}

}  // namespace agront::cli
