// SPDX-License-Identifier: Apache-2.0
#include "input_files.h"

#include <array>
#include <filesystem>
#include <string>

#include "agront/missing_file.h"
#include "quoted.h"

namespace agront::cli {
namespace {

struct Input {
  const char* option;
  const char* expected;  ///< what follows in the message
};

constexpr auto kInputs = std::to_array<Input>({{"IN", ""},
                                               {"inputs", ""},
                                               {"MANIFEST.tsv", ""},
                                               {"--variants", ""},
                                               {"PARTS", ""},
                                               {"--genome", ""},
                                               {"--regions", ""},
                                               {"--train", ""},
                                               {"--valid", ""},
                                               {"--test", ""},
                                               {"--labels", ""},
                                               {"--verify-precision", ""},
                                               {"--adapter", ": expected a folder with an adapter"},
                                               {"--corpus", ": expected the folder of a corpus"},
                                               {"--benchmark", ": expected a folder of benchmark tasks"}});

bool IsThere(const std::string& path) {
  std::error_code unreadable;
  return path.empty() || path == "-" || path.find("://") != std::string::npos ||
         std::filesystem::exists(path, unreadable) || unreadable;
}

}  // namespace

void CheckInputsExist(const CLI::App& command) {
  for (const Input& input : kInputs) {
    const CLI::Option* option = command.get_option_no_throw(input.option);
    if (option == nullptr) continue;
    for (const std::string& path : option->results())
      if (!IsThere(path)) throw MissingFile(Printable(path) + ": no such file" + input.expected);
  }
}

}  // namespace agront::cli
