// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/pulled_model.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "agront/printable.h"
#include "base/error.h"
#include "base/missing_file.h"
#include "hub/cache.h"
#include "model/checkpoints/embedded_name.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

bool Exists(const fs::path& path) {
  std::error_code unreadable;
  return fs::exists(path, unreadable) || unreadable;
}

/// A program that fetches file after file may have left some out, or be at it.
bool HasWeights(const fs::path& folder) {
  return std::ranges::any_of(std::vector{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                                         "packed.safetensors", "jax_model/pytree_ckpt.joblib"},
                             [&](const char* weights) { return Exists(folder / weights); });
}

}  // namespace

std::string FolderOfModel(const std::string& name, const Environment& environment) {
  const auto model = hub::ParseModelName(name);
  if (!model || Exists(name)) return name;
  const auto folder = hub::Cache(environment).FindSnapshot(*model);
  if (!folder) return name;
  if (!HasWeights(*folder))
    Fail("{}: the cache has a part of it, without weights: `agront pull {}` fetches the rest", folder->string(), name);
  return folder->string();
}

void FailWithoutModel(const std::string& name, const Environment& environment) {
  const auto model = hub::ParseModelName(name);
  if (!model)
    FailMissing(
        "{}: no such file: expected the folder of a model, {} (the embedded one), {}, or ORG/NAME of the hub; `agront "
        "pull {}` fetches the published model",
        name, kEmbeddedModelName, hub::kPublishedName, hub::kPublishedName);
  const std::string cache = Printable(hub::Cache(environment).root().string());
  if (name.starts_with(hub::kPublishedName))
    FailMissing("{}: not in {} yet: `agront pull {}` fetches it", name, cache, name);
  FailMissing("{}: no such folder, and no such model in {}: `agront pull {}` would fetch it from the hub", name, cache,
              name);
}

}  // namespace agront::model
