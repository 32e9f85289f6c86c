// SPDX-License-Identifier: Apache-2.0
#include "agront/predict.h"

#include <memory>

#include "agront/error.h"
#include "agront/printable.h"
#include "command.h"
#include "labelled_options.h"
#include "word_option.h"

namespace agront::cli {
namespace {

/// Where the sequences come from: IN, regions of --genome, or windows along it.
void ReadInput(const std::string& regions, PredictOptions& options) {
  LabelledInput& data = options.data;
  if (!regions.empty()) {
    if (!data.path.empty()) throw UsageError("predict: expected IN or --regions, got both");
    if (data.genome.empty()) throw UsageError("--regions: expected --genome, the FASTA file that the regions are of");
    data.path = regions;
    return;
  }
  if (data.genome.empty()) return;
  if (!data.path.empty()) {
    options.job.reporter->Warn("\"IN --genome\" is now \"--genome ... --regions " + Printable(data.path) +
                               "\"; the old spelling works through 0.3");
    return;
  }
  if (!data.region_list.empty() && options.window_bp == 0 && options.stride_bp == 0) return;
  std::swap(options.genome, data.genome);
  std::swap(options.region_list, data.region_list);
}

}  // namespace

std::function<void()> SetUpPredict(CLI::App& command) {
  auto options = std::make_shared<PredictOptions>();
  auto regions = std::make_shared<std::string>();
  command
      .add_option(
          "DIR", options->finetuned,
          "Folder of a fine-tuned model: what agront finetune wrote, or a checkpoint of EsmForSequenceClassification")
      ->required()
      ->type_name("");
  command
      .add_option("IN", options->data.path,
                  "File of sequences, FASTA or a CSV or TSV table; labels in it are not read. Instead: --genome")
      ->type_name("");
  AddJobOptions(command, options->job, "Table to write, or with --window-bp a bedGraph file; default: standard output");
  AddProvenanceOption(command, options->job);
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  command
      .add_option("--batch-tokens", options->job.batch_tokens, "Number of tokens that go through the model at a time")
      ->type_name("N")
      ->capture_default_str();
  AddExampleOptions(command, options->data, {.file = regions.get(), .list = &options->data.region_list});
  command
      .add_option(
          "--window-bp", options->window_bp,
          "Length of the windows along the sequences of --genome, or along those of --region; predictions become a "
          "bedGraph file")
      ->type_name("BP");
  command.add_option("--stride-bp", options->stride_bp, "Distance from one such window to the next")->type_name("BP");
  command
      .add_option("--track", options->track,
                  "Output of the model to write as bedGraph, where it has several; default: the first")
      ->type_name("NAME");
  AddWord(command, "--strands", options->strands, {{"forward", Strands::kForward}, {"both", Strands::kBoth}},
          "Strands to predict from: forward, or both, whose mean is given");
  command.add_flag(
      "--any-length", options->any_length,
      "Predict also sequences less than half as long as the shortest training sequence, or more than twice "
      "as long as the longest, instead of an error");
  AddExample(command, "agront predict run genes.fa.gz -o genes.tsv");
  return [options, regions] {
    options->job.command_line = CommandLine();
    ReadInput(*regions, *options);
    Predict(*options);
  };
}

}  // namespace agront::cli
