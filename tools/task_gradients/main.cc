// SPDX-License-Identifier: Apache-2.0
// For tools/compare_adapters.py: outputs, loss and gradients of a model that is fine-tuned, on one batch, as float32 in
// a safetensors file.
//
//   task_gradients MODEL CASE OUTPUT [recompute] [bf16|int8]
//
// CASE is a file of tools/task_reference.py. OUTPUT has "outputs", "loss", and "gradient.NAME" by the names of files.
#include <iostream>
#include <span>
#include <string>

#include "base/error.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/training/task_case.h"
#include "model/training/trainable_task_model.h"
#include "tensor/precision.h"

namespace agront {
namespace {

void Run(const std::string& folder, const std::string& case_path, const std::string& output_path,
         std::span<char*> flags) {
  const model::TaskCase task(case_path);
  model::TaskModelOptions options = task.Options();
  for (const std::string flag : flags) {
    const auto precision = tensor::ParsePrecision(flag);
    if (!precision && flag != "recompute") FailUsage("unknown flag {}", flag);
    options.recompute |= !precision;
    if (precision) options.base = *precision;
  }
  model::TrainableTaskModel model(*model::Checkpoint::Open(folder), options);
  task.SetValues(model.parameters());
  model::TaskOutput output;
  model.AddGradients(task.Batch(), output);

  std::vector<formats::TensorEntry> entries = {
      {"loss", tensor::DType::kFloat32, {1}},
      {"outputs", tensor::DType::kFloat32, {static_cast<int64_t>(output.outputs.size())}}};
  for (const model::PlacedParameter& placed : model.parameters().table())
    if (!placed.is_frozen)
      entries.push_back(
          {"gradient." + placed.parameter.hugging_face, tensor::DType::kFloat32, {placed.parameter.size()}});
  const auto loss = static_cast<float>(output.loss);
  formats::SafetensorsWriter writer(output_path, entries, {.overwrite = true, .metadata = {}});
  writer.Write(std::as_bytes(std::span(&loss, 1)));
  writer.Write(std::as_bytes(std::span(output.outputs)));
  writer.Write(std::as_bytes(model.parameters().gradients()));
  writer.Commit();
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: task_gradients MODEL CASE OUTPUT [recompute] [bf16|int8]\n";
    return 2;
  }
  try {
    agront::Run(argv[1], argv[2], argv[3], {argv + 4, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "task_gradients: " << error.what() << '\n';
    return 1;
  }
}
