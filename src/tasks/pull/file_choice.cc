// SPDX-License-Identifier: Apache-2.0
#include "tasks/pull/file_choice.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "hub/published_files.h"

namespace agront::pull {
namespace {

constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::string_view kHyperparameters = "jax_model/hyperparams.json", kTree = "jax_model/pytree_ckpt.joblib";

constexpr auto kAlways =
    std::to_array<std::string_view>({"README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", "config.json", "vocab.txt",
                                     "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"});

/// model-00001-of-00003.safetensors
bool IsPart(std::string_view path) {
  constexpr std::string_view kPattern = "model-ddddd-of-ddddd.safetensors";
  return std::ranges::equal(path, kPattern, [](char c, char pattern) {
    return pattern == 'd' ? (c >= '0' && c <= '9') || c == 'd' : c == pattern;
  });
}

bool Has(const std::vector<RemoteFile>& files, std::string_view path) {
  return std::ranges::find(files, path, &RemoteFile::path) != files.end();
}

using Wanted = bool (*)(std::string_view path);

/// The weights to take; nullptr where there are none that we read.
Wanted WeightsOf(const std::vector<RemoteFile>& files) {
  if (Has(files, "model.safetensors")) return [](std::string_view path) { return path == "model.safetensors"; };
  if (Has(files, kIndex)) return [](std::string_view path) { return path == kIndex || IsPart(path); };
  if (Has(files, "pytorch_model.bin")) return [](std::string_view path) { return path == "pytorch_model.bin"; };
  if (Has(files, "packed.safetensors")) return [](std::string_view path) { return path == "packed.safetensors"; };
  if (Has(files, kTree)) return [](std::string_view path) { return path == kHyperparameters || path == kTree; };
  return nullptr;
}

/// Adds what is known here of a published file; what the hub lists must agree.
void AddPublishedSum(RemoteFile& file, const std::string& place) {
  const auto known = hub::PublishedSum(file.path);
  if (!known) return;
  if (file.sum.size >= 0 && file.sum.size != known->size)
    Fail("{}: {}: expected the published file of {} bytes, got one of {}", place, file.path, known->size,
         file.sum.size);
  if (!file.sum.sha256.empty() && file.sum.sha256 != known->sha256)
    Fail("{}: {}: expected the published file, SHA-256 {}, got {}", place, file.path, known->sha256, file.sum.sha256);
  file.sum.size = known->size;
  file.sum.sha256 = known->sha256;
}

std::vector<RemoteFile> ChoosePublished(const std::vector<RemoteFile>& files, const std::string& place) {
  std::vector<RemoteFile> chosen;
  for (const std::string_view path : kAlways)
    if (const auto found = std::ranges::find(files, path, &RemoteFile::path);
        found != files.end() && !hub::PublishedSum(path))
      chosen.push_back(*found);
  for (const hub::PublishedFile& known : hub::PublishedFiles()) {
    const auto found = std::ranges::find(files, known.path, &RemoteFile::path);
    if (found == files.end()) Fail("{}: expected the published file {}, got none", place, known.path);
    chosen.push_back(*found);
    AddPublishedSum(chosen.back(), place);
  }
  return chosen;
}

}  // namespace

bool IsWeights(std::string_view path) {
  return path == "model.safetensors" || IsPart(path) || path == "pytorch_model.bin" || path == "packed.safetensors" ||
         path == kTree;
}

std::vector<RemoteFile> ChooseFiles(const std::vector<RemoteFile>& files, bool is_published, const std::string& place) {
  if (is_published) return ChoosePublished(files, place);
  const Wanted is_wanted = WeightsOf(files);
  if (is_wanted == nullptr)
    Fail(
        "{}: expected weights (model.safetensors, pytorch_model.bin or jax_model/pytree_ckpt.joblib), got none of them",
        place);
  std::vector<RemoteFile> chosen;
  for (const RemoteFile& file : files)
    if (is_wanted(file.path) || std::ranges::find(kAlways, file.path) != kAlways.end()) chosen.push_back(file);
  std::ranges::stable_sort(chosen, {}, [](const RemoteFile& file) { return IsWeights(file.path); });
  return chosen;
}

}  // namespace agront::pull
