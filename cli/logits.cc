// SPDX-License-Identifier: Apache-2.0
#include "agront/logits.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpLogits(CLI::App& command) {
  auto options = std::make_shared<LogitsOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "File to write; its name ends in .npz or .safetensors");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command.get_option("--output")->required();
  command.add_flag("--probabilities", options->probabilities,
                   "Write probabilities (softmax over the vocabulary) instead of logits");
  AddExample(command, "agront logits genes.fa.gz -o genes.npz --probabilities");
  return [options] {
    options->job.command_line = CommandLine();
    Logits(*options);
  };
}

}  // namespace agront::cli
