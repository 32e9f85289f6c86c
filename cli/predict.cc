// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <memory>

#include "command.h"
#include "labelled_options.h"
#include "word_option.h"

namespace agront::cli {

std::function<void()> SetUpPredict(CLI::App& command) {
  auto options = std::make_shared<PredictOptions>();
  command
      .add_option(
          "DIR", options->finetuned,
          "Folder of a fine-tuned model: what agront finetune wrote, or a checkpoint of EsmForSequenceClassification")
      ->required()
      ->type_name("");
  command
      .add_option(
          "IN", options->data.path,
          "File of sequences: FASTA, a CSV or TSV table, or BED or GFF3 with --genome; labels in it are not read")
      ->type_name("");
  AddJobOptions(command, options->job, "Table to write, or with --window-bp a bedGraph file; default: standard output");
  AddPrecisionOption(command, options->job);
  command
      .add_option("--batch-tokens", options->job.batch_tokens, "Number of tokens that go through the model at a time")
      ->type_name("N")
      ->capture_default_str();
  AddExampleOptions(command, options->data);
  command
      .add_option(
          "--window-bp", options->window_bp,
          "Length of the windows along all sequences of --genome, without IN; predictions become a bedGraph file")
      ->type_name("BP");
  command.add_option("--stride-bp", options->stride_bp, "Distance from one such window to the next")->type_name("BP");
  command
      .add_option("--track", options->track,
                  "Output of the model to write as bedGraph, where it has several; default: the first")
      ->type_name("NAME");
  AddWord<Strands>(command, "--strands", options->strands, {{"forward", Strands::kForward}, {"both", Strands::kBoth}},
                   "Strands to predict from: forward, or both, whose mean is given");
  AddExample(command, "agront predict run genes.fa.gz -o genes.tsv");
  return [options] {
    options->job.command_line = CommandLine();
    if (options->data.path.empty()) std::swap(options->genome, options->data.genome);
    Predict(*options);
  };
}

}  // namespace agront::cli
