// SPDX-License-Identifier: Apache-2.0
#include "agront/convert.h"

#include <memory>

#include "command.h"
#include "word_option.h"

namespace agront::cli {

std::function<void()> SetUpConvert(CLI::App& command) {
  auto options = std::make_shared<ConvertOptions>();
  AddJobOptions(command, options->job, "Folder to write the model into");
  command.add_option("DIR", options->source, "Folder of the model; the same as --model")->type_name("");
  command.get_option("--output")->required()->type_name("DIR");
  AddAdapterOption(command, options->job);
  AddWord(
      command, "--precision", options->precision,
      {{"fp32", StoredPrecision::kFp32},
       {"bf16", StoredPrecision::kBf16},
       {"fp16", StoredPrecision::kFp16},
       {"int8", StoredPrecision::kInt8}},
      "Number format of the weights to write: fp32, bf16, fp16, or int8 (a quarter of the size; only agront reads it)");
  command.add_flag(
      "--packed", options->packed,
      "Write the weights as this kind of processor computes with them: the model starts at once, and processes "
      "share its memory; only agront reads it");
  AddExample(command, "agront convert agront-1b -o agront-bf16 --precision bf16");
  return [options] {
    options->job.command_line = CommandLine();
    Convert(*options);
  };
}

}  // namespace agront::cli
