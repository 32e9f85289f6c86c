// SPDX-License-Identifier: Apache-2.0
#include "inference/layer_list.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/list_words.h"

namespace agront::inference {
namespace {

HiddenLayer ParseLayer(std::string_view word, int64_t num_layers) {
  if (word == "last") return {num_layers, false};
  if (word == "last:raw") return {num_layers, true};
  int64_t layer = -1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), layer);
  if (error != std::errc() || end != word.data() + word.size() || layer < 0 || layer > num_layers)
    FailUsage("layers: expected 0 to {}, last, last:raw or all, got {:?}", num_layers, word);
  return {layer, false};
}

}  // namespace

std::vector<HiddenLayer> ParseLayers(std::string_view text, int64_t num_layers) {
  std::vector<HiddenLayer> layers;
  const auto add = [&layers](HiddenLayer layer) {
    if (std::ranges::find(layers, layer) == layers.end()) layers.push_back(layer);
  };
  for (const std::string_view word : ListWords(text)) {
    if (word == "all")
      for (int64_t layer = 0; layer <= num_layers; ++layer) add({layer, false});
    else
      add(ParseLayer(word, num_layers));
  }
  return layers;
}

void CheckLayers(const std::vector<HiddenLayer>& layers, const ModelShape& shape) {
  for (const HiddenLayer& layer : layers)
    if (layer.layer < 0 || layer.layer > shape.layers)
      FailUsage("layer {}: the model has layers 0 (embeddings) to {}", layer.layer, shape.layers);
}

std::string ArrayName(const HiddenLayer& layer) {
  return fmt::format("layer_{}{}", layer.layer, layer.raw ? "_raw" : "");
}

}  // namespace agront::inference
