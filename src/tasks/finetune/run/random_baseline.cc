// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/random_baseline.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/output_folder.h"
#include "model/checkpoints/model_folder.h"
#include "model/training/trained_weights.h"
#include "model/training/training_parameters.h"
#include "tensor/dtype.h"

namespace agront::tasks {
namespace {

/// As `agront pretrain` begins a new model. On the disk, because that is where the base of a fine-tuning is read from.
void WriteRandomModel(const ModelShape& shape, uint64_t seed, const std::string& path) {
  model::TrainingParameters parameters(shape, [](const std::string&) { return false; });
  parameters.InitializeRandomly(seed);
  OutputFolder folder(path, true, "finetune", model::IsModelFile);
  model::WriteTrainedWeights(parameters, folder.File("model.safetensors"), {});
  model::WriteModelDescription(folder, shape, tensor::Name(tensor::DType::kFloat32));
  folder.Commit();
}

}  // namespace

RunOutcome RunOnRandomWeights(const RunOptions& options, const TaskData& data, const ModelShape& shape,
                              const std::string& folder, ranks::Communicator& ranks) {
  std::filesystem::create_directories(folder);
  const std::string path = (std::filesystem::path(folder) / fmt::format("model-{}", ranks.rank())).string();
  WriteRandomModel(shape, options.training.seed, path);
  const auto base = model::Checkpoint::Open(path);
  RunOutcome outcome = RunFinetuning(options, data, *base, folder, ranks);
  std::filesystem::remove_all(path);
  return outcome;
}

}  // namespace agront::tasks
