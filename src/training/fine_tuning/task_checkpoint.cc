// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/task_checkpoint.h"

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "base/output_folder.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "formats/json.h"
#include "training/fine_tuning/trained_values.h"

namespace agront::training {
namespace {

constexpr char kValuesFile[] = "trained.safetensors";
constexpr char kOptimizerFile[] = "optimizer.safetensors";
constexpr char kStateFile[] = "state.json";

bool IsCheckpointFile(const std::string& name) {
  return name == kValuesFile || name == kOptimizerFile || name == kStateFile;
}

std::string FileOf(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).string();
}

void WriteState(const std::string& path, const TaskRunState& state) {
  const auto& [progress, best] = state;
  nlohmann::ordered_json json = {{"step", progress.step},       {"tokens", progress.tokens},
                                 {"skipped", progress.skipped}, {"best_step", best.step},
                                 {"best_loss", nullptr},        {"epochs_since_best", best.epochs_since}};
  if (std::isfinite(best.loss)) json["best_loss"] = best.loss;
  WriteTextFile(path, json.dump(2) + "\n");
}

TaskRunState ReadState(const std::string& path) {
  const nlohmann::json json = formats::ParseJson(ReadTextFile(path), path);
  const auto count = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number_unsigned() ||
        json[key].get<uint64_t>() > INT64_MAX)
      Fail("{}: expected a count {:?}", path, key);
    return json[key].get<int64_t>();
  };
  TaskRunState state{.progress = {.step = count("step"), .tokens = count("tokens"), .skipped = count("skipped")},
                     .best = {.step = count("best_step"), .epochs_since = count("epochs_since_best")}};
  if (json.contains("best_loss") && json["best_loss"].is_number()) state.best.loss = json["best_loss"].get<double>();
  return state;
}

}  // namespace

void WriteTaskCheckpoint(const std::string& folder, const TaskRunState& state,
                         const model::TrainingParameters& parameters, Optimizer& optimizer,
                         ranks::Communicator& ranks) {
  if (ranks.rank() != 0) return optimizer.Save(nullptr);
  OutputFolder output(folder, true, "finetune", IsCheckpointFile);
  WriteTrainedValues(output.File(kValuesFile), parameters);
  WriteState(output.File(kStateFile), state);
  formats::SafetensorsWriter writer(output.File(kOptimizerFile), Optimizer::StateEntries(optimizer.size()),
                                    {.overwrite = true, .metadata = {}});
  optimizer.Save(&writer);
  writer.Commit();
  output.Commit();
}

TaskRunState ReadTaskCheckpoint(const std::string& folder, int64_t step, model::TrainingParameters& parameters,
                                Optimizer& optimizer, ranks::Communicator& ranks) {
  const std::string path = FileOf(folder, kStateFile);
  const TaskRunState state = ReadState(path);
  if (state.progress.step != step || state.best.step > step || state.progress.skipped > step)
    Fail("{}: expected step {}, the best one and those skipped among them, got {}, {} and {}", path, step,
         state.progress.step, state.best.step, state.progress.skipped);
  ReadTrainedValues(FileOf(folder, kValuesFile), parameters, ranks);
  optimizer.Load(*formats::OpenSafetensors(FileOf(folder, kOptimizerFile)));
  return state;
}

}  // namespace agront::training
