// SPDX-License-Identifier: Apache-2.0
#include "agront/info.h"

#include <memory>

#include "agront/device.h"
#include "command.h"

namespace agront::cli {

std::function<void()> SetUpInfo(CLI::App& command) {
  auto options = std::make_shared<InfoOptions>();
  AddJobOptions(command, options->job, "File for the report; default: standard output");
  command.add_option("DIR", options->job.model, "Folder of the model; the same as --model")->type_name("");
  command.add_flag("--devices", options->devices,
                   "List the devices that can run a model here, and how to get what others need; no model is read");
  command.add_flag("--verify", options->verify,
                   "Check that all weights are finite and, on the published model, the published known answer");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  command
      .add_option(
          "--batch-tokens", options->job.batch_tokens,
          "Number of tokens of a batch for which the report gives the memory that the model takes in --precision")
      ->type_name("N")
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--verify-precision",
          [options](const std::string& fasta) {
            options->verify_precision = true;
            options->input.fasta = fasta;
          },
          "Compare --precision (by default bf16 and int8) with fp32 on the sequences of this file (- is standard "
          "input), or without a file on the regions of --genome: by embeddings, and with each 6-mer masked once")
      ->type_name("FASTA")
      ->expected(0, 1);
  AddRegionOptions(command, options->input);
  command
      .add_option(
          "--verify-windows", options->verify_windows,
          "Number of windows of --verify-precision to compare, each in 8 passes; the first ones that have a full 6-mer")
      ->type_name("N")
      ->capture_default_str();
  AddExample(command, "agront info --verify");
  return [options] {
    if (options->devices) KeepPluginsQuiet();
    Info(*options);
  };
}

}  // namespace agront::cli
