// SPDX-License-Identifier: Apache-2.0
// For tools/compare_peft.py: writes adapters and classifiers with random values, and predicts with them.
//
//   adapters lora|lora-all|ia3|ia3-all MODEL OUTPUT SEED       a folder in PEFT's layout
//   adapters binary|multiclass|regression|token MODEL OUTPUT SEED   a classifier with MODEL's encoder
//   adapters predict MODEL BATCH OUTPUT [ADAPTER]              "outputs" of a classifier in a safetensors file
//
// With ADAPTER the head is that of the adapter. BATCH is text: the number of sequences; for each its length and tokens.
#include <fstream>
#include <iostream>
#include <random>
#include <span>
#include <string>

#include "../read_batch.h"
#include "base/error.h"
#include "model/adapters/adapter_files.h"
#include "model/agront.h"
#include "model/checkpoints/model_folder.h"
#include "model/checkpoints/named_tensors.h"
#include "model/heads/classifier_files.h"
#include "model/heads/task_predictor.h"

namespace agront {
namespace {

std::map<std::string, std::vector<float>> RandomValues(const std::vector<model::Parameter>& parameters, uint64_t seed,
                                                       float mean) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal(mean, 0.3f);
  std::map<std::string, std::vector<float>> values;
  for (const model::Parameter& parameter : parameters)
    for (int64_t i = 0; i < parameter.size(); ++i) values[parameter.name].push_back(normal(generator));
  return values;
}

model::AdapterConfig AdapterOf(const std::string& kind) {
  using enum AdapterTarget;
  const std::vector<AdapterTarget> all = {kQuery, kKey, kValue, kOutput, kExpand, kContract};
  if (kind == "lora") return model::DefaultLora();
  if (kind == "ia3") return model::DefaultIa3();
  if (kind == "lora-all")
    return {.kind = model::AdapterKind::kLora, .targets = all, .rank = 3, .alpha = 2.5, .scaled_inputs = {}};
  return {.kind = model::AdapterKind::kIa3, .targets = all, .scaled_inputs = {kKey, kOutput, kExpand}};
}

void WriteAdapter(const std::string& kind, const std::string& base, const std::string& output, uint64_t seed) {
  const auto checkpoint = model::Checkpoint::Open(base);
  const model::AdapterConfig config = AdapterOf(kind);
  const float mean = config.kind == model::AdapterKind::kIa3 ? 1 : 0;
  const model::Adapter adapter{config, RandomValues(model::AdapterParameters(checkpoint->shape(), config), seed, mean)};
  OutputFolder folder(output, false, "adapters", model::IsAdapterFile);
  model::WriteAdapter(adapter, checkpoint->shape(), model::IdentityOf(*checkpoint), {}, folder);
  folder.Commit();
}

void WriteClassifier(TaskKind kind, const std::string& base, const std::string& output, uint64_t seed) {
  const auto checkpoint = model::Checkpoint::Open(base);
  const bool is_token = kind == TaskKind::kToken;
  model::TaskHead head{.config = {.task = {.kind = kind, .outputs = {"first", "second", "third"}},
                                  .kind = is_token ? HeadKind::kLinear : HeadKind::kMlp,
                                  .pooling = is_token ? HeadPooling::kNone : HeadPooling::kCls},
                       .values = {},
                       .target_transforms = ""};
  if (kind == TaskKind::kBinary) head.config.task.outputs.resize(1);
  head.values = RandomValues(model::TaskHeadParameters(checkpoint->shape(), head.config), seed, 0);
  OutputFolder folder(output, false, "adapters", model::IsModelFile);
  model::WriteClassifier(checkpoint->shape(), model::RowsOf(*checkpoint), head, {}, folder);
  folder.Commit();
}

Batch ReadBatchFile(const std::string& path) {
  std::ifstream file(path);
  Batch batch = ReadBatch(file);
  if (!file) Fail("{}: expected a batch", path);
  return batch;
}

void Predict(const std::string& base, const std::string& batch_path, const std::string& output,
             const std::string& adapter) {
  const auto checkpoint = model::Checkpoint::Open(base);
  auto head = model::ReadClassifier(*checkpoint);
  if (!adapter.empty()) {
    const model::AdapterFile file = model::ReadAdapter(adapter, *checkpoint);
    head = model::ReadClassifier(file, *checkpoint);
    checkpoint->SetAdapter(file.adapter);
  }
  if (!head) Fail("{}: expected a classifier", base);
  model::AgroNT model(checkpoint->shape(), *checkpoint, Precision::kFp32);
  model::TaskPredictor predictor(checkpoint->shape(), *head);
  const Batch batch = ReadBatchFile(batch_path);
  model::ForwardOutput forward;
  model.Forward(batch, {.hidden = {{checkpoint->shape().layers}}}, forward);
  tensor::Matrix outputs;
  predictor.Predict(batch, std::vector<int64_t>(static_cast<size_t>(batch.sequences()), 1), forward.hidden[0].view(),
                    outputs);
  model::WriteTensors(output, {{"outputs", {outputs.rows(), outputs.cols()}, outputs.view().values()}}, {});
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.size() < 4 || words.size() > 5) agront::FailUsage("expected what, a model, and two or three more words");
    if (words[0] == "predict")
      agront::Predict(words[1], words[2], words[3], words.size() == 5 ? words[4] : "");
    else if (const auto kind = agront::model::ParseTaskKind(words[0]))
      agront::WriteClassifier(*kind, words[1], words[2], std::stoull(words[3]));
    else
      agront::WriteAdapter(words[0], words[1], words[2], std::stoull(words[3]));
  } catch (const std::exception& error) {
    std::cerr << "adapters: " << error.what() << '\n';
    return 1;
  }
}
