// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <map>
#include <memory>

#include "command.h"
#include "labelled_options.h"

namespace agront::cli {

std::function<void()> SetUpPredict(CLI::App& command) {
  auto options = std::make_shared<PredictOptions>();
  command
      .add_option("finetuned", options->finetuned,
                  "Folder that agront finetune wrote, or a checkpoint of EsmForSequenceClassification")
      ->required()
      ->type_name("DIR");
  command
      .add_option("input", options->data.path,
                  "FASTA, a CSV or TSV table, or BED or GFF3 with --genome; labels in it are not read")
      ->type_name("IN");
  AddJobOptions(command, options->job, "Table to write, or bedGraph; default: standard output");
  AddPrecisionOption(command, options->job);
  command.add_option("--batch-tokens", options->job.batch_tokens, "That go through the model at a time")
      ->type_name("N")
      ->capture_default_str();
  AddLabelledOptions(command, options->data);
  command
      .add_option("--window-bp", options->window_bp, "Without IN: windows so long along all of --genome, to bedGraph")
      ->type_name("BP");
  command.add_option("--stride-bp", options->stride_bp, "From one window to the next")->type_name("BP");
  command.add_option("--track", options->track, "Of several outputs, the one to write as bedGraph; default: the first")
      ->type_name("NAME");
  const std::map<std::string, Strands> strands = {{"forward", Strands::kForward}, {"both", Strands::kBoth}};
  command.add_option("--strands", options->strands, "forward (default), or both: the mean of the two")
      ->transform(CLI::CheckedTransformer(strands))
      ->type_name("WORD");
  AddExample(command, "agront predict run genes.fa.gz -o genes.tsv");
  return [options] {
    options->job.command_line = CommandLine();
    if (options->data.path.empty()) std::swap(options->genome, options->data.genome);
    Predict(*options);
  };
}

}  // namespace agront::cli
