// SPDX-License-Identifier: Apache-2.0
#include "agront/info.h"

#include <memory>

#include "command.h"

namespace agront::cli {

std::function<void()> SetUpInfo(CLI::App& command) {
  auto options = std::make_shared<InfoOptions>();
  AddJobOptions(command, options->job, "Text to write; default: standard output");
  command.add_option("folder", options->job.model, "The same as --model")->type_name("DIR")->excludes("--model");
  command.add_flag("--verify", options->verify,
                   "Check that all weights are finite and, on the published model, the published known answer");
  AddExample(command, "agront info --verify");
  return [options] { Info(*options); };
}

}  // namespace agront::cli
