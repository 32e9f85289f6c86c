// SPDX-License-Identifier: Apache-2.0
#include "agront/convert.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpConvert(CLI::App& command) {
  auto options = std::make_shared<ConvertOptions>();
  AddJobOptions(command, options->job, "Folder to write");
  command.add_option("source", options->source, "The same as --model")->type_name("DIR")->excludes("--model");
  command.get_option("--output")->required()->type_name("DIR");
  AddAdapterOption(command, options->job);
  command.add_option("--precision", options->precision, "fp32, bf16, fp16, or int8 (a quarter; for agront only)")
      ->type_name("P")
      ->capture_default_str();
  command.add_flag("--packed", options->packed,
                   "Ready for this kind of processor: starts at once, and processes share the memory; for agront only");
  AddExample(command, "agront convert agro-nucleotide-transformer-1b -o agront-bf16 --precision bf16");
  return [options] {
    options->job.command_line = CommandLine();
    Convert(*options);
  };
}

}  // namespace agront::cli
