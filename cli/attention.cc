// SPDX-License-Identifier: Apache-2.0
#include "agront/attention.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpAttention(CLI::App& command) {
  auto options = std::make_shared<AttentionOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "File to write; its name ends in .npz or .safetensors");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command.get_option("--output")->required();
  command
      .add_option(
          "--maps", options->maps,
          "Attention maps to write, as layer:head separated by commas; layers count from 1, heads from 0. It is "
          "the true head: the JAX code, asked for head H, gives H + 1")
      ->type_name("LIST")
      ->required();
  command.add_option("--plot", options->plot, "Picture to draw of the first window's maps")->type_name("SVG");
  AddExample(command, "agront attention genes.fa.gz -o genes.npz --maps 1:0,2:3 --plot genes.svg");
  return [options] {
    options->job.command_line = CommandLine();
    Attention(*options);
  };
}

}  // namespace agront::cli
