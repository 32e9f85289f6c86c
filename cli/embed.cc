// SPDX-License-Identifier: Apache-2.0
#include "agront/embed.h"

#include <map>
#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpEmbed(CLI::App& command) {
  auto options = std::make_shared<EmbedOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "File to write: .npz, .safetensors or .tsv");
  command.get_option("--output")->required();
  command
      .add_option("--layers", options->layers,
                  "Separated by commas: 0 (embeddings), K (after block K), last (after the final LayerNorm), "
                  "last:raw (before it), or all")
      ->type_name("LIST")
      ->capture_default_str();
  const std::map<std::string, Pooling> poolings = {
      {"mean", Pooling::kMean}, {"max", Pooling::kMax}, {"cls", Pooling::kCls}, {"none", Pooling::kNone}};
  command
      .add_option("--pool", options->pooling,
                  "One row an entry: mean or max over its tokens, or <cls>; none: one a token")
      ->transform(CLI::CheckedTransformer(poolings))
      ->type_name("mean|max|cls|none")
      ->default_str("mean");
  command.add_flag("--per-record", options->per_record,
                   "With --pool mean: one row a record, each base counted once where windows overlap");
  AddExample(command, "agront embed genes.fa.gz -o genes.npz --layers 1,last --pool mean");
  return [options] {
    options->job.command_line = CommandLine();
    Embed(*options);
  };
}

}  // namespace agront::cli
