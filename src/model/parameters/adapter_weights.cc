// SPDX-License-Identifier: Apache-2.0
#include "model/parameters/adapter_weights.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/parallel.h"
#include "base/sha256.h"
#include "tensor/pages.h"

namespace agront::model {
namespace {

constexpr std::string_view kWeight = ".weight";
constexpr std::string_view kBias = ".bias";

std::string ModuleOf(const std::string& parameter) { return parameter.substr(0, parameter.rfind('.')); }

/// Null when the module has none.
const std::vector<float>* Find(const Adapter& adapter, const std::string& name) {
  const auto found = adapter.values.find(name);
  return found == adapter.values.end() ? nullptr : &found->second;
}

bool ScalesInput(const Adapter& adapter, const std::string& module) {
  const auto target = TargetOfModule(module);
  return target && std::ranges::count(adapter.config.scaled_inputs, *target) > 0;
}

void CheckSize(const std::string& name, size_t got, int64_t expected) {
  if (got != static_cast<size_t>(expected)) Fail("{}: expected {} values, got {}", name, expected, got);
}

/// Row by row, in memory of its own.
std::shared_ptr<float[]> Copied(const ops::WeightView& view) {
  std::shared_ptr<float[]> copy = tensor::AllocatePages(view.out * view.in);
  float* end = copy.get();
  ops::ForEachRow(view, [&](std::span<const float> row) { end = std::ranges::copy(row, end).out; });
  return copy;
}

/// weights [out, in] += scaling b [out, rank] a [rank, in]
void AddProduct(const std::vector<float>& a, const std::vector<float>& b, float scaling, int64_t out, int64_t in,
                float* weights) {
  const auto rank = static_cast<int64_t>(a.size()) / in;
  ParallelFor(out, [&](int64_t i) {
    std::vector<float> change(static_cast<size_t>(in));
    for (int64_t k = 0; k < rank; ++k)
      for (int64_t j = 0; j < in; ++j) change[j] += b[i * rank + k] * a[k * in + j];
    for (int64_t j = 0; j < in; ++j) weights[i * in + j] += scaling * change[j];
  });
}

}  // namespace

bool Changes(const Adapter& adapter, const std::string& parameter) {
  const std::string module = ModuleOf(parameter);
  if (parameter.ends_with(kWeight)) return Find(adapter, module + ".lora_a") || Find(adapter, module + ".ia3");
  return parameter.ends_with(kBias) && Find(adapter, module + ".ia3") && !ScalesInput(adapter, module);
}

ops::WeightView Adapted(const Adapter& adapter, const std::string& parameter, const ops::WeightView& view) {
  if (!Changes(adapter, parameter)) return view;
  const std::string module = ModuleOf(parameter);
  const std::shared_ptr<float[]> weights = Copied(view);
  if (const auto* a = Find(adapter, module + ".lora_a")) {
    const auto* b = Find(adapter, module + ".lora_b");
    if (b == nullptr) Fail("{}.lora_b: missing", module);
    CheckSize(module + ".lora_a", a->size(), adapter.config.rank * view.in);
    CheckSize(module + ".lora_b", b->size(), adapter.config.rank * view.out);
    AddProduct(*a, *b, static_cast<float>(adapter.config.scaling()), view.out, view.in, weights.get());
  } else {
    const std::vector<float>& scales = *Find(adapter, module + ".ia3");
    const bool by_column = ScalesInput(adapter, module) || parameter.ends_with(kBias);
    CheckSize(module + ".ia3", scales.size(), by_column ? view.in : view.out);
    for (int64_t i = 0; i < view.out; ++i)
      for (int64_t j = 0; j < view.in; ++j) weights[i * view.in + j] *= scales[by_column ? j : i];
  }
  return {weights.get(), view.out, view.in, view.in, 1, weights};
}

std::string HashOf(const Adapter& adapter) {
  Sha256 hash;
  const AdapterConfig& config = adapter.config;
  hash.Update(config.kind == AdapterKind::kLora ? fmt::format("lora {} {}\n", config.rank, config.alpha) : "ia3\n");
  for (const AdapterTarget target : config.scaled_inputs) hash.Update(fmt::format("{}\n", AdapterModule(target, 0)));
  for (const auto& [name, values] : adapter.values) {
    hash.Update(fmt::format("{} {}\n", name, values.size()));
    hash.Update(std::as_bytes(std::span(values)));
  }
  return hash.Hex();
}

}  // namespace agront::model
