// SPDX-License-Identifier: Apache-2.0
// A case of fine-tuning in a safetensors file, as tools/task_reference.py writes it: what is trained in the metadata,
// a batch, values of adapter and head ("value.NAME" by the names of their files), and perhaps what they should give.
// For tests and the tools that compare.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "formats/checkpoints/safetensors.h"
#include "model/training/trainable_task_model.h"

namespace agront::model {

class TaskCase {
 public:
  explicit TaskCase(const std::string& path) : archive_(formats::OpenSafetensors(path)) {
    for (size_t i = 0; i < archive_->entries().size(); ++i) index_[archive_->entries()[i].name] = i;
  }

  bool Has(const std::string& name) const { return index_.contains(name); }

  template <class T = float>
  std::vector<T> Read(const std::string& name) const {
    if (!Has(name)) return {};
    const auto values = archive_->Read(index_.at(name));
    int64_t count = 1;
    for (const int64_t size : values.shape) count *= size;
    return {values.data, values.data + count};
  }

  TaskModelOptions Options() const {
    TaskModelOptions options;
    options.head.task.kind = Choose<TaskKind>("task", {"binary", "multiclass", "multilabel", "regression", "token"});
    for (int i = 0; i < std::stoi(Text("outputs")); ++i) options.head.task.outputs.push_back(std::to_string(i));
    options.head.kind = Choose<HeadKind>("head", {"linear", "mlp"});
    options.head.pooling = Choose<HeadPooling>("pooling", {"mean", "cls", "centre", "attention", "none"});
    options.adapter.kind = Choose<AdapterKind>("adapter", {"none", "lora", "ia3"});
    options.adapter.targets = Targets("targets");
    options.adapter.scaled_inputs = Targets("scaled_inputs");
    options.adapter.rank = std::stoi(Text("rank"));
    options.adapter.alpha = std::stod(Text("alpha"));
    options.trains_base = Text("full") == "1";
    return options;
  }

  TaskBatch Batch() const {
    TaskBatch batch;
    batch.batch.tokens = Read<int32_t>("tokens");
    batch.batch.offsets = Read<int64_t>("offsets");
    batch.windows = Read<int64_t>("windows");
    batch.labels = Read("labels");
    batch.weights = Read("weights");
    batch.token_classes = Read<int32_t>("token_classes");
    batch.class_weights = Read("class_weights");
    return batch;
  }

  /// Those of the model's parameters that the case has.
  void SetValues(TrainingParameters& parameters) const {
    for (const PlacedParameter& placed : parameters.table()) {
      const std::string name = "value." + placed.parameter.hugging_face;
      if (Has(name)) std::ranges::copy(Read(name), parameters.ValuesOf(placed.parameter.name).begin());
    }
  }

 private:
  const std::string& Text(const std::string& key) const {
    const auto found = archive_->metadata().find(key);
    if (found == archive_->metadata().end()) Fail("{}: expected \"{}\" in its metadata", archive_->path(), key);
    return found->second;
  }

  /// The names are in the order of the enumeration.
  template <class Enumeration>
  Enumeration Choose(const std::string& key, const std::vector<std::string>& names) const {
    const auto found = std::ranges::find(names, Text(key));
    if (found == names.end()) Fail("{}: unknown {} \"{}\"", archive_->path(), key, Text(key));
    return static_cast<Enumeration>(found - names.begin());
  }

  std::vector<AdapterTarget> Targets(const std::string& key) const {
    static constexpr std::array kNames = {"query", "key", "value", "output", "expand", "contract"};
    std::istringstream words(Text(key));
    std::vector<AdapterTarget> targets;
    for (std::string word; words >> word;)
      targets.push_back(static_cast<AdapterTarget>(std::ranges::find(kNames, word) - kNames.begin()));
    return targets;
  }

  std::unique_ptr<formats::TensorArchive> archive_;
  std::map<std::string, size_t> index_;
};

}  // namespace agront::model
