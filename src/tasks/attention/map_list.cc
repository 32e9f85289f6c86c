// SPDX-License-Identifier: Apache-2.0
#include "tasks/attention/map_list.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/list_words.h"

namespace agront::tasks {
namespace {

bool ParseNumber(std::string_view text, int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<AttentionMap> ParseMaps(std::string_view text) {
  std::vector<AttentionMap> maps;
  for (const std::string_view word : ListWords(text)) {
    const size_t colon = word.find(':');
    AttentionMap map;
    if (colon == std::string_view::npos || !ParseNumber(word.substr(0, colon), map.layer) ||
        !ParseNumber(word.substr(colon + 1), map.head))
      FailUsage("maps: expected layer:head separated by commas, such as 3:4,1:0, got {:?}", word);
    const auto same = [&map](const AttentionMap& other) { return other.layer == map.layer && other.head == map.head; };
    if (std::ranges::none_of(maps, same)) maps.push_back(map);
  }
  return maps;
}

void CheckMaps(const std::vector<AttentionMap>& maps, const ModelShape& shape) {
  for (const AttentionMap& map : maps)
    if (map.layer < 1 || map.layer > shape.layers || map.head < 0 || map.head >= shape.heads)
      FailUsage("maps: expected layers 1 to {} and heads 0 to {}, got {}:{}", shape.layers, shape.heads - 1, map.layer,
                map.head);
}

}  // namespace agront::tasks
