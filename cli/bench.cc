// SPDX-License-Identifier: Apache-2.0
#include "agront/bench.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpBench(CLI::App& command) {
  auto options = std::make_shared<BenchOptions>();
  AddJobOptions(command, options->job, "Text to write; default: standard output");
  AddPrecisionOption(command, options->job);
  command.add_option("--tokens", options->tokens, "Tokens of each sequence, <cls> included")
      ->type_name("T")
      ->capture_default_str();
  command.add_option("--sequences", options->sequences, "Sequences in the batch")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--repeat", options->repeat, "Passes to measure; medians are written")
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--json", options->json, "One JSON object instead of text");
  AddExample(command, "agront bench --tokens 512 --sequences 4 --json");
  return [options] { Bench(*options); };
}

}  // namespace agront::cli
