// SPDX-License-Identifier: Apache-2.0
// For tools/compare_gradients.py: the losses and gradients of a model on one batch, as float32 in a safetensors file.
//
//   gradients MODEL BATCH OUTPUT [recompute]
//
// BATCH is text: the number of sequences; for each its length and its tokens; the number of rows with a loss; for each
// its row, target and weight.
#include <fstream>
#include <iostream>
#include <span>
#include <string>

#include "../read_batch.h"
#include "base/error.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/training/trainable_agront.h"

namespace agront {
namespace {

model::LossBatch ReadLossBatch(const std::string& path) {
  std::ifstream file(path);
  model::LossBatch batch;
  batch.batch = ReadBatch(file);
  size_t rows = 0;
  file >> rows;
  batch.rows.resize(rows);
  batch.targets.resize(rows);
  batch.weights.resize(rows);
  for (size_t i = 0; i < rows; ++i) file >> batch.rows[i] >> batch.targets[i] >> batch.weights[i];
  if (!file) Fail("{}: expected a batch", path);
  return batch;
}

void Run(const std::string& folder, const std::string& batch_path, const std::string& output_path, bool recompute) {
  const auto checkpoint = model::Checkpoint::Open(folder);
  model::TrainableAgroNT model(checkpoint->shape(), {.recompute = recompute});
  model.parameters().Load(*checkpoint);
  const model::LossBatch batch = ReadLossBatch(batch_path);
  model::LossOutput output;
  model.AddGradients(batch, output);

  std::vector<formats::TensorEntry> entries = {
      {"losses", tensor::DType::kFloat32, {static_cast<int64_t>(output.losses.size())}}};
  for (const model::PlacedParameter& placed : model.parameters().table()) {
    std::vector<int64_t> shape = {placed.parameter.rows};
    if (placed.parameter.cols != 0) shape.push_back(placed.parameter.cols);
    entries.push_back({placed.parameter.hugging_face, tensor::DType::kFloat32, shape});
  }
  formats::SafetensorsWriter writer(output_path, entries, {.overwrite = true, .metadata = {}});
  writer.Write(std::as_bytes(std::span(output.losses)));
  writer.Write(std::as_bytes(model.parameters().gradients()));
  writer.Commit();
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) {
    std::cerr << "usage: gradients MODEL BATCH OUTPUT [recompute]\n";
    return 2;
  }
  try {
    agront::Run(argv[1], argv[2], argv[3], argc == 5);
  } catch (const std::exception& error) {
    std::cerr << "gradients: " << error.what() << '\n';
    return 1;
  }
}
