// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenize.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpTokenize(CLI::App& command) {
  auto options = std::make_shared<TokenizeOptions>();
  AddInputOptions(command, options->job, options->input);
  AddJobOptions(command, options->job, "Table to write; default: standard output");
  AddProvenanceOption(command, options->job);
  command.add_flag("--ids", options->ids, "Write token ids instead of letters");
  AddExample(command, "agront tokenize genes.fa.gz -o tokens.tsv");
  return [options] {
    options->job.command_line = CommandLine();
    Tokenize(*options);
  };
}

}  // namespace agront::cli
