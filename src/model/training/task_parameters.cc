// SPDX-License-Identifier: Apache-2.0
#include "model/training/task_parameters.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/philox.h"
#include "ops/matmul/fastest_float.h"

namespace agront::model {
namespace {

bool IsOutsideFlat(const Parameter& parameter, const TaskModelOptions& options) {
  return !options.trains_base && parameter.cols != 0;
}

TrainingParameters MakeFlat(const Checkpoint& base, const TaskModelOptions& options) {
  if (options.trains_base && options.adapter.kind != AdapterKind::kNone)
    FailUsage("fine-tuning: either an adapter is trained or the whole model, not both");
  if (options.trains_base && options.base != Precision::kFp32)
    FailUsage("fine-tuning: a model that is trained whole is kept in fp32");
  std::vector<Parameter> all;
  for (const Parameter& parameter : base.parameters())
    if (IsOfEncoder(parameter) && !IsOutsideFlat(parameter, options)) all.push_back(parameter);
  const size_t of_base = options.trains_base ? 0 : all.size();
  std::ranges::copy(AdapterParameters(base.shape(), options.adapter), std::back_inserter(all));
  std::ranges::copy(TaskHeadParameters(base.shape(), options.head), std::back_inserter(all));
  return {base.shape(), all, [&](const std::string& name) {
            const auto end = all.begin() + static_cast<int64_t>(of_base);
            return std::find_if(all.begin(), end, [&](const Parameter& p) { return p.name == name; }) == end;
          }};
}

/// `stream` and `number` differ between parameters.
void FillUniform(std::span<float> values, float bound, uint64_t seed, uint32_t stream, uint32_t number) {
  constexpr size_t kOfBlock = 4;
  for (size_t first = 0; first < values.size(); first += kOfBlock) {
    const auto block = static_cast<uint32_t>(first / kOfBlock);
    const auto words = Philox{{static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                              {block, stream, number, 1}}();  // base weights have 0
    for (size_t i = first; i < std::min(values.size(), first + kOfBlock); ++i)
      values[i] = static_cast<float>((2 * UnitInterval(words[i - first]) - 1) * static_cast<double>(bound));
  }
}

float BoundOf(int64_t in) { return 1 / std::sqrt(static_cast<float>(in)); }

constexpr uint32_t kAdapterStream = 1;
constexpr uint32_t kHeadStream = 2;

}  // namespace

Precision ProductsWith(Precision base) { return base == Precision::kBf16 ? ops::FastestFloat() : Precision::kFp32; }

bool IsOfEncoder(const Parameter& parameter) { return !parameter.name.starts_with("head."); }

Precision PrecisionOfFrozen(const Parameter& matrix, Precision base) {
  return IsBlockMatrix(matrix) ? base : Precision::kFp32;
}

TaskParameters::TaskParameters(const Checkpoint& base, const TaskModelOptions& options)
    : adapter_(options.adapter), flat_(MakeFlat(base, options)) {
  flat_.Load(base);
  for (const Parameter& parameter : base.parameters()) {
    if (!IsOfEncoder(parameter) || !IsOutsideFlat(parameter, options)) continue;
    frozen_.emplace(parameter.name, ops::Keep(base.ReadStored(parameter), PrecisionOfFrozen(parameter, options.base)));
  }
}

nn::training::TrainedParameter TaskParameters::Find(const std::string& name, int64_t rows, int64_t cols) {
  const auto found = frozen_.find(name);
  if (found == frozen_.end()) return flat_.Find(name, rows, cols);
  const ops::RowMajorWeights& view = found->second.view;
  nn::training::TrainedParameter parameter{.values = {}, .gradient = {}, .rows = rows, .cols = cols, .weights = view};
  if (const auto* floats = std::get_if<tensor::ConstMatrixView>(&view)) parameter.values = floats->values();
  return parameter;
}

nn::training::ProductAdapter TaskParameters::FindAdapter(const std::string& prefix, int64_t out, int64_t in) {
  nn::training::ProductAdapter adapter;
  if (flat_.Contains(prefix + ".lora_a")) {
    adapter.lora_a = flat_.Find(prefix + ".lora_a", adapter_.rank, in);
    adapter.lora_b = flat_.Find(prefix + ".lora_b", out, adapter_.rank);
    adapter.lora_scaling = static_cast<float>(adapter_.scaling());
  }
  if (flat_.Contains(prefix + ".ia3")) {
    const auto& inputs = adapter_.scaled_inputs;
    if (std::ranges::any_of(inputs, [&](AdapterTarget target) { return target == TargetOfModule(prefix); }))
      adapter.input_scales = flat_.Find(prefix + ".ia3", in, 0);
    else
      adapter.output_scales = flat_.Find(prefix + ".ia3", out, 0);
  }
  return adapter;
}

void InitializeAdapter(const AdapterConfig& adapter, uint64_t seed, TrainingParameters& parameters) {
  uint32_t number = 0;
  for (const Parameter& parameter : AdapterParameters(parameters.shape(), adapter)) {
    const std::span<float> values = parameters.ValuesOf(parameter.name);
    if (parameter.name.ends_with(".lora_a"))
      FillUniform(values, BoundOf(parameter.cols), seed, kAdapterStream, number);
    else
      std::ranges::fill(values, parameter.name.ends_with(".ia3") ? 1.0f : 0.0f);
    ++number;
  }
}

void InitializeHead(const TaskHeadConfig& head, uint64_t seed, TrainingParameters& parameters) {
  uint32_t number = 0;
  for (const Parameter& parameter : TaskHeadParameters(parameters.shape(), head))
    FillUniform(parameters.ValuesOf(parameter.name), BoundOf(parameters.shape().hidden), seed, kHeadStream, number++);
}

}  // namespace agront::model
