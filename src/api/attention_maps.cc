// SPDX-License-Identifier: Apache-2.0
#include "agront/attention_maps.h"

#include <fmt/format.h>

#include <utility>

#include "agront/tokenizer.h"
#include "base/error.h"
#include "plot/attention_picture.h"

namespace agront {

AttentionMaps::AttentionMaps(Model model, std::vector<AttentionMap> maps)
    : model_(std::move(model)), maps_(std::move(maps)) {
  const ModelShape& shape = model_.shape();
  for (AttentionMap& map : maps_) {
    map.sequence = 0;
    if (map.layer < 1 || map.layer > shape.layers || map.head < 0 || map.head >= shape.heads)
      FailUsage("attention map {}:{}: the model has layers 1 to {} and heads 0 to {}", map.layer, map.head,
                shape.layers, shape.heads - 1);
  }
}

std::vector<Values> AttentionMaps::Of(std::string_view bases) const {
  Batch batch;
  batch.Add(Encode(bases, model_.shape().max_tokens()).ids);
  return model_.Run(batch, {.attention = maps_}).attention;
}

std::string DrawAttentionMaps(std::span<const Values> maps, std::span<const std::string> titles,
                              std::span<const int64_t> begins) {
  if (maps.empty() || maps.size() != titles.size())
    FailUsage("picture: expected a map or several with a title each, got {} maps and {} titles", maps.size(),
              titles.size());
  std::vector<plot::TitledMap> titled;
  for (size_t i = 0; i < maps.size(); ++i) {
    if (!begins.empty() && static_cast<int64_t>(begins.size()) != maps[i].rows)
      FailUsage("picture: expected the first base of each of {} tokens, got {}", maps[i].rows, begins.size());
    titled.push_back({.title = titles[i],
                      .values = {maps[i].data.data(), maps[i].rows, maps[i].cols, maps[i].rows},
                      .begins = {begins.begin(), begins.end()}});
  }
  return plot::AttentionPicture(titled, {});
}

}  // namespace agront
