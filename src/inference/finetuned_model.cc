// SPDX-License-Identifier: Apache-2.0
#include "inference/finetuned_model.h"

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "agront/printable.h"
#include "base/error.h"
#include "base/missing_file.h"
#include "base/output_file.h"
#include "base/path.h"
#include "base/text_file.h"
#include "data/example_windows.h"
#include "formats/json.h"
#include "formats/printable.h"
#include "inference/provenance.h"

namespace agront::inference {

void WriteFinetunedModel(const std::string& folder, const FinetunedModel& model, const JobOptions& job) {
  Provenance described = DescribeProgram(job);
  const nlohmann::ordered_json json = {{"program", described["program"]},
                                       {"command", described["command"]},
                                       {"method", model.method},
                                       {"base", model.base},
                                       {"base_hash", model.base_hash},
                                       {"precision", model.precision},
                                       {"layer", model.layer.layer},
                                       {"raw", model.layer.raw},
                                       {"long", data::NameOf(model.long_sequences)},
                                       {"window", model.window}};
  WriteTextFile(Below(folder, kFinetunedFile), json.dump(2) + "\n");
}

FinetunedModel ReadFinetunedModel(const std::string& folder) {
  const std::string path = Below(folder, kFinetunedFile);
  if (!std::filesystem::exists(folder))
    FailMissing("{}: no such file: expected the folder of a fine-tuned model", folder);
  if (!std::filesystem::exists(path))
    Fail("{}: expected the folder of a fine-tuned model, with {}", folder, kFinetunedFile);
  const nlohmann::json json = formats::ParseJson(ReadTextFile(path), path);
  const auto text = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) Fail("{}: expected a text {:?}", path, key);
    return json[key].get<std::string>();
  };
  FinetunedModel model{.method = text("method"),
                       .base = text("base"),
                       .base_hash = text("base_hash"),
                       .precision = text("precision"),
                       .layer = {},
                       .window = text("window")};
  constexpr std::array kMethods = {"probe", "ia3", "lora", "full"};
  if (std::ranges::find(kMethods, model.method) == kMethods.end())
    Fail("{}: method: expected probe, ia3, lora or full, got \"{}\"", path, formats::Printable(model.method));
  if (!json.contains("layer") || !json["layer"].is_number_unsigned() || json["layer"].get<uint64_t>() > INT32_MAX ||
      !json.contains("raw") || !json["raw"].is_boolean())
    Fail("{}: expected the number of a layer, and whether it is raw", path);
  model.layer = {.layer = json["layer"].get<int64_t>(), .raw = json["raw"].get<bool>()};
  const std::string long_sequences = text("long");
  for (const LongSequences choice : {LongSequences::kError, LongSequences::kCentre, LongSequences::kWindows}) {
    model.long_sequences = choice;
    if (data::NameOf(choice) == long_sequences) return model;
  }
  Fail("{}: long: expected error, centre or windows, got \"{}\"", path, formats::Printable(long_sequences));
}

}  // namespace agront::inference
