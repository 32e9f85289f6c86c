// SPDX-License-Identifier: Apache-2.0
// Random parameters, adapters and gradients for tests of layers in training.
#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "nn/layers_reference.h"
#include "nn/random_parameters.h"
#include "nn/training/parameter_buffers.h"

namespace agront::nn::training {

enum class AdapterKind { kLora, kInputScales, kOutputScales };

inline void PrintTo(AdapterKind kind, std::ostream* out) {
  *out << (kind == AdapterKind::kLora ? "lora" : kind == AdapterKind::kInputScales ? "input_scales" : "output_scales");
}

class RandomBuffers final : public ParameterBuffers {
 public:
  using Chooses = std::function<bool(const std::string& name)>;
  /// By the prefix of the product.
  using Adapters = std::map<std::string, AdapterKind>;

  /// The weights of products with an adapter are frozen, too.
  explicit RandomBuffers(Chooses freezes = {}, Adapters adapters = {})
      : freezes_(std::move(freezes)), adapters_(std::move(adapters)) {}

  TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) override {
    const std::vector<float>& values = parameters_.Of(name, rows, cols);
    TrainedParameter parameter{.values = values, .gradient = {}, .rows = rows, .cols = cols};
    if (!IsFrozen(name)) parameter.gradient = gradients_.try_emplace(name, values.size(), kStart).first->second;
    if (cols != 0) parameter.weights = parameter.matrix();
    return parameter;
  }

  ProductAdapter FindAdapter(const std::string& prefix, int64_t out, int64_t in) override {
    constexpr int64_t kRank = 3;
    ProductAdapter adapter;
    const auto found = adapters_.find(prefix);
    if (found == adapters_.end()) return adapter;
    switch (found->second) {
      case AdapterKind::kLora:
        adapter.lora_a = Find(prefix + ".lora_a", kRank, in);
        adapter.lora_b = Find(prefix + ".lora_b", out, kRank);
        adapter.lora_scaling = static_cast<float>(kLoraScaling);
        break;
      case AdapterKind::kInputScales: adapter.input_scales = Find(prefix + ".input_scales", in, 0); break;
      case AdapterKind::kOutputScales: adapter.output_scales = Find(prefix + ".output_scales", out, 0); break;
    }
    return adapter;
  }

  NamedValues Doubles() const { return parameters_.Doubles(); }

  /// What layers added to the gradients, which began at another number than zero; none of frozen parameters.
  std::map<std::string, std::vector<float>> Gradients() const {
    std::map<std::string, std::vector<float>> added = gradients_;
    for (auto& [name, gradient] : added)
      for (float& value : gradient) value -= kStart;
    return added;
  }

 private:
  static constexpr float kStart = 0.5f;

  bool IsFrozen(const std::string& name) const {
    for (const char* part : {".weight", ".bias"})
      if (name.ends_with(part) && adapters_.contains(name.substr(0, name.rfind('.')))) return true;
    return freezes_ && freezes_(name);
  }

  Chooses freezes_;
  Adapters adapters_;
  RandomParameters parameters_;
  std::map<std::string, std::vector<float>> gradients_;
};

}  // namespace agront::nn::training
