// SPDX-License-Identifier: Apache-2.0
#include "agront/embed.h"

#include <memory>

#include "command.h"
#include "word_option.h"

namespace agront::cli {

std::function<void()> SetUpEmbed(CLI::App& command) {
  auto options = std::make_shared<EmbedOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "File to write; its name ends in .npz, .safetensors or .tsv");
  AddProvenanceOption(command, options->job);
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  AddAdapterOption(command, options->job);
  command.get_option("--output")->required();
  AddShown(command, "--layers", options->layers, "LIST",
           "Hidden states to write, separated by commas: 0 (embeddings), K (after block K), last (after the final "
           "LayerNorm), last:raw (before it), or all");
  AddWord(
      command, "--pool", options->pooling,
      {{"mean", Pooling::kMean}, {"max", Pooling::kMax}, {"cls", Pooling::kCls}, {"none", Pooling::kNone}},
      "How the tokens of a window become one row: their mean or max, or the <cls> token; none: a row for each token");
  command.add_flag("--per-record", options->per_record,
                   "With --pool mean: write one row for each record, with each base counted once where windows "
                   "overlap");
  AddExample(command, "agront embed genes.fa.gz -o genes.npz --layers 1,last --pool mean");
  return [options] {
    options->job.command_line = CommandLine();
    Embed(*options);
  };
}

}  // namespace agront::cli
