// SPDX-License-Identifier: Apache-2.0
#include "agront/embed.h"

#include <map>
#include <memory>

#include "agront/error.h"
#include "command.h"

namespace agront::cli {

namespace {

Pooling ParsePooling(const std::string& word) {
  const std::map<std::string, Pooling> poolings = {
      {"mean", Pooling::kMean}, {"max", Pooling::kMax}, {"cls", Pooling::kCls}, {"none", Pooling::kNone}};
  const auto found = poolings.find(word);
  if (found == poolings.end()) throw UsageError("pool: expected mean, max, cls or none, got \"" + word + "\"");
  return found->second;
}

}  // namespace

std::function<void()> SetUpEmbed(CLI::App& command) {
  auto options = std::make_shared<EmbedOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "File to write: .npz, .safetensors or .tsv");
  AddPrecisionOption(command, options->job);
  AddAdapterOption(command, options->job);
  command.get_option("--output")->required();
  command
      .add_option("--layers", options->layers,
                  "Separated by commas: 0 (embeddings), K (after block K), last (after the final LayerNorm), "
                  "last:raw (before it), or all")
      ->type_name("LIST")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--pool", [options](const std::string& word) { options->pooling = ParsePooling(word); },
          "One row an entry: mean or max over its tokens, or <cls>; none: one a token")
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
