// SPDX-License-Identifier: Apache-2.0
#include "agront/unmask.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpUnmask(CLI::App& command) {
  auto options = std::make_shared<UnmaskOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "Table to write; default: standard output");
  AddProvenanceOption(command, options->job);
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command.add_flag(
      "--every", options->every,
      "Mask every full 6-mer once, a seventh of them at a time; without it the input itself has <mask>, each "
      "in the place of six bases");
  command.add_option("--top", options->top, "Number of most probable 6-mers to list for each masked one")
      ->type_name("K")
      ->capture_default_str();
  command.add_flag("--per-base", options->per_base,
                   "Write a row for each masked base, with the probabilities of A, C, G and T, instead of 6-mers");
  AddExample(command, "agront unmask --every genes.fa.gz -o genes.tsv --top 3");
  return [options] {
    options->job.command_line = CommandLine();
    Unmask(*options);
  };
}

}  // namespace agront::cli
