// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/run_record.h"

#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>

#include "agront/version.h"
#include "base/error.h"
#include "base/list_words.h"
#include "base/output_file.h"
#include "base/sha256.h"
#include "base/text_file.h"
#include "formats/json.h"
#include "inference/output_words.h"
#include "tasks/finetune/run/settings.h"

namespace agront::tasks {
namespace {

constexpr char kConfigFile[] = "config.json";

constexpr char kProgramKey[] = "program";

nlohmann::ordered_json Read(const std::string& path) {
  return formats::ParseJson<nlohmann::ordered_json>(ReadTextFile(path), path);
}

bool IsOf01(const nlohmann::ordered_json& was) { return was.is_object() && !was.contains(kProgramKey); }

/// Over what results have of the examples beside ids, bases and labels: groups, by which intervals are drawn, and
/// places in the genome.
std::string HashOfGroups(const TaskData& data) {
  Sha256 hash;
  for (int64_t example = 0; example < data.set->size(); ++example) {
    hash.Update(fmt::format("{}\n", data.set->group(example)));
    if (!data.set->has_placements()) continue;
    const genome::Region& region = data.set->placement(example).region;
    hash.Update(fmt::format("{} {} {} {}\n", region.sequence, region.start, region.end, region.reverse));
  }
  return hash.Hex();
}

nlohmann::ordered_json RecordOf(const nlohmann::ordered_json& asked, const std::string& model_hash,
                                const TaskData& data) {
  nlohmann::ordered_json now = asked;
  if (data.set->task().kind == TaskKind::kBinary)
    now["positive"] = inference::PositiveLabel(data.set->task());  // asked for or not
  now["base-hash"] = model_hash;
  now["examples-hash"] = HashOf(data);
  now["outputs"] = data.set->task().outputs;
  now["groups-hash"] = HashOfGroups(data);
  now[kProgramKey] = fmt::format("agront {}", Version());
  return now;
}

/// Version 0.2 recorded lists as they were typed: "q, fc2", and "none" for one without words.
void RespellLists(nlohmann::ordered_json& was) {
  for (const char* key : {"targets", "transform"}) {
    if (!was.is_object() || !was.contains(key) || !was[key].is_string()) continue;
    const auto typed = was[key].get<std::string>();
    was[key] = typed == "none" ? "" : fmt::format("{}", fmt::join(ListWords(typed), ","));
  }
}

void Compare(const std::string& path, nlohmann::ordered_json now) {
  nlohmann::ordered_json was = Read(path);
  RespellLists(was);
  if (IsOf01(was)) {
    nlohmann::ordered_json recorded = nlohmann::ordered_json::object();
    for (const auto& [key, value] : now.items())
      if (was.contains(key)) recorded[key] = value;
    now = std::move(recorded);
  }
  // Their examples have a hash, wherever the files lie now.
  training::CheckSameOptions(path, was, now, {"train", "valid", "test", kProgramKey});
}

/// Whether more than the record of a run is in its folder.
bool HasBegun(const training::RunFolder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (const std::string name = entry.path().filename().string(); name != kConfigFile && name != "lock") return true;
  return false;
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

void RecordOrCompare(const training::RunFolder& folder, const nlohmann::ordered_json& asked,
                     const std::string& model_hash, const TaskData& data) {
  const std::string path = folder.File(kConfigFile);
  const nlohmann::ordered_json now = RecordOf(asked, model_hash, data);
  if (std::filesystem::exists(path) && HasBegun(folder)) return Compare(path, now);
  WriteTextFile(path, now.dump(2) + "\n");
}

void CompareFinished(const std::string& run_folder, const nlohmann::ordered_json& asked, const std::string& model_hash,
                     const TaskData& data) {
  const std::string path = (std::filesystem::path(run_folder) / kConfigFile).string();
  if (!std::filesystem::exists(path))
    Fail("{}: no such file: a finished run is compared with it; give another folder (-o) for a new run", path);
  Compare(path, RecordOf(asked, model_hash, data));
}

void CompareWithRecord(const std::string& run_folder, const nlohmann::ordered_json& asked,
                       const std::string& model_hash, const TaskData& data) {
  const std::string path = (std::filesystem::path(run_folder) / kConfigFile).string();
  if (!std::filesystem::exists(path) || !HasBegun(training::RunFolder(run_folder))) return;
  Compare(path, RecordOf(asked, model_hash, data));
}

bool IsRunOf01(const std::string& run_folder) {
  const std::string path = (std::filesystem::path(run_folder) / kConfigFile).string();
  return std::filesystem::exists(path) && IsOf01(Read(path));
}

}  // namespace agront::tasks
