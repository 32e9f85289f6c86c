// SPDX-License-Identifier: Apache-2.0
#include "training/pretraining/checkpoint_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "agront/printable.h"
#include "base/error.h"
#include "base/output_file.h"
#include "base/output_folder.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "formats/json.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/model_folder.h"
#include "model/training/trained_weights.h"

namespace agront::training {
namespace {

constexpr char kOptimizerFile[] = "optimizer.safetensors";
constexpr char kStateFile[] = "training.json";
constexpr double kMostTokens = 1e18;

bool IsCheckpointFile(const std::string& name) {
  return model::IsModelFile(name) || name == kOptimizerFile || name == kStateFile;
}

void WriteState(OutputFolder& folder, const RunState& state) {
  const nlohmann::ordered_json json = {{"step", state.progress.step},
                                       {"tokens", state.progress.tokens},
                                       {"skipped", state.progress.skipped},
                                       {"corpus", state.corpus_hash},
                                       {"ranks", state.computation.ranks},
                                       {"threads", state.computation.threads},
                                       {"micro-batch", state.computation.micro_batch},
                                       {"instruction-set", state.computation.instruction_set}};
  WriteTextFile(folder.File(kStateFile), json.dump(2) + "\n");
}

bool IsCount(const nlohmann::json& json, const char* key) {
  return json.contains(key) && json[key].is_number_unsigned() && json[key].get<uint64_t>() <= INT64_MAX;
}

Computation ReadComputation(const nlohmann::json& json, const std::string& path) {
  if (!json.contains("ranks")) return {};
  constexpr char kName[] = "instruction-set";
  if (!IsCount(json, "ranks") || !IsCount(json, "threads") || !IsCount(json, "micro-batch") || !json.contains(kName) ||
      !json[kName].is_string())
    Fail("{}: expected numbers of ranks, threads and micro-batch, and the name of an instruction set", path);
  return {json["ranks"].get<int64_t>(), json["threads"].get<int64_t>(), json["micro-batch"].get<int64_t>(),
          json[kName].get<std::string>()};
}

}  // namespace

std::string Computation::Rounding(Precision products) const {
  std::string text = fmt::format("{} {}, micro-batch {}, {}", ranks, ranks == 1 ? "rank" : "ranks", micro_batch,
                                 Printable(instruction_set));
  if (products == Precision::kBf16) text += fmt::format(", {} threads", threads);
  return text;
}

void WriteCheckpoint(const std::string& folder, const RunState& state, const model::TrainingParameters& parameters,
                     Optimizer& optimizer, const std::map<std::string, std::string>& metadata,
                     ranks::Communicator& ranks) {
  if (ranks.rank() != 0) return optimizer.Save(nullptr);
  OutputFolder output(folder, true, "pretrain", IsCheckpointFile);
  model::WriteTrainedWeights(parameters, output.File("model.safetensors"), metadata);
  model::WriteModelDescription(output, parameters.shape(), tensor::Name(tensor::DType::kFloat32));
  WriteState(output, state);
  formats::SafetensorsWriter writer(output.File(kOptimizerFile), Optimizer::StateEntries(optimizer.size()),
                                    {.overwrite = true, .metadata = {}});
  optimizer.Save(&writer);
  writer.Commit();
  output.Commit();
}

RunState ReadCheckpoint(const std::string& folder, int64_t step, model::TrainingParameters& parameters,
                        Optimizer& optimizer) {
  const std::string path = (std::filesystem::path(folder) / kStateFile).string();
  const nlohmann::json json = formats::ParseJson(ReadTextFile(path), path);
  const bool is_whole = json.is_object() && IsCount(json, "step") && IsCount(json, "skipped") &&
                        json.contains("tokens") && json["tokens"].is_number() && json.contains("corpus") &&
                        json["corpus"].is_string();
  if (!is_whole) Fail("{}: expected step, tokens, skipped and corpus of a run", path);
  const auto tokens = json["tokens"].get<double>();  // 0.1 to 0.3 wrote them so
  if (!(tokens >= 0 && tokens <= kMostTokens)) Fail("{}: expected tokens up to {}, got {}", path, kMostTokens, tokens);
  const RunState state{{.step = json["step"].get<int64_t>(),
                        .tokens = static_cast<int64_t>(tokens),
                        .skipped = json["skipped"].get<int64_t>()},
                       json["corpus"].get<std::string>(),
                       ReadComputation(json, path)};
  if (state.progress.step != step || state.progress.skipped > step)
    Fail("{}: expected step {} and up to as many skipped, got {} and {}", path, step, state.progress.step,
         state.progress.skipped);
  parameters.Load(*model::Checkpoint::Open(folder));
  optimizer.Load(*formats::OpenSafetensors((std::filesystem::path(folder) / kOptimizerFile).string()));
  return state;
}

}  // namespace agront::training
