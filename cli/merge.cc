// SPDX-License-Identifier: Apache-2.0
#include "agront/merge.h"

#include <memory>

#include "command.h"
#include "commands.h"

namespace agront::cli {

std::function<void()> SetUpMerge(CLI::App& command) {
  auto options = std::make_shared<MergeOptions>();
  command.add_option("PARTS", options->parts, "The parts that the shards of agront score wrote, in any order")
      ->required()
      ->type_name("");
  command.add_option("-o,--output", options->output, "File to write, of the parts' format")
      ->required()
      ->type_name("FILE");
  command.add_option("--report", options->report, "Table to write as well: how many alleles have which status")
      ->type_name("TSV");
  command.add_flag("--force", options->force, "Overwrite the output if it exists");
  options->reporter = CurrentCaller().reporter;
  command.add_flag("-q,--quiet", *CurrentCaller().is_quiet, "Show neither progress nor warnings");
  AddExample(command, "agront merge part-1.vcf.gz part-2.vcf.gz -o out.vcf.gz");
  return [options] {
    options->command_line = CommandLine();
    MergeVariants(*options);
  };
}

}  // namespace agront::cli
