// SPDX-License-Identifier: Apache-2.0
#include "agront/bench.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpBench(CLI::App& command) {
  auto options = std::make_shared<BenchOptions>();
  AddJobOptions(command, options->job, "File for the report; default: standard output");
  AddPrecisionOption(command, options->job);
  AddDeviceOption(command, options->job);
  command.add_option("--tokens", options->tokens, "Number of tokens of each sequence, <cls> included")
      ->type_name("T")
      ->capture_default_str();
  command.add_option("--sequences", options->sequences, "Number of sequences in the batch")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--repeat", options->repeat, "Number of passes to measure; the report has their medians")
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--json", options->json, "Write one JSON object instead of text");
  AddExample(command, "agront bench --tokens 512 --sequences 4 --json");
  return [options] { Bench(*options); };
}

}  // namespace agront::cli
