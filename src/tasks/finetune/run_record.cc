// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run_record.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "base/output_file.h"
#include "base/sha256.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "tasks/finetune/settings.h"

namespace agront::tasks {
namespace {

constexpr char kConfigFile[] = "config.json";

void Compare(const std::string& path, const nlohmann::ordered_json& now) {
  const auto was = formats::ParseJson<nlohmann::ordered_json>(ReadTextFile(path), path);
  // Their examples have a hash, wherever the files lie now.
  training::CheckSameOptions(path, was, now, {"train", "valid", "test"});
}

}  // namespace

std::string HashOf(const TaskData& data) {
  Sha256 hash;
  for (const auto* part : {&data.split.train, &data.split.valid, &data.split.test}) {
    hash.Update(fmt::format("{} examples\n", part->size()));
    for (const int64_t example : *part) {
      hash.Update(fmt::format("{} {}\n", data.set->id(example), data.set->length(example)));
      hash.Update(data.set->Bases(example));
      if (data.set->task().kind == TaskKind::kToken) hash.Update(data.set->BaseClasses(example));
      hash.Update(std::as_bytes(data.set->labels(example)));
    }
  }
  return hash.Hex();
}

void RecordOrCompare(const training::RunFolder& folder, const FinetuneOptions& options, const std::string& model_hash,
                     const TaskData& data) {
  nlohmann::ordered_json now = Describe(options);
  now["base-hash"] = model_hash;
  now["examples-hash"] = HashOf(data);
  const std::string path = folder.File(kConfigFile);
  if (std::filesystem::exists(path)) return Compare(path, now);
  WriteTextFile(path, now.dump(2) + "\n");
}

void CompareOptions(const std::string& run_folder, const FinetuneOptions& options) {
  const std::filesystem::path path = std::filesystem::path(run_folder) / kConfigFile;
  if (std::filesystem::exists(path)) Compare(path.string(), Describe(options));
}

}  // namespace agront::tasks
