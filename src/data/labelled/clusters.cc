// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/clusters.h"

#include <string_view>
#include <unordered_map>

namespace agront::data {

std::vector<int64_t> ClustersOf(const LabelledSet& set, std::span<const int64_t> examples) {
  constexpr int64_t kFewest = 20;
  std::vector<int64_t> clusters;
  std::unordered_map<std::string_view, int64_t> cluster_of_group;
  int64_t count = 0;
  for (const int64_t example : examples) {
    const std::string_view group = set.group(example);
    if (group.empty()) {
      clusters.push_back(count++);
      continue;
    }
    const auto [found, is_new] = cluster_of_group.try_emplace(group, count);
    clusters.push_back(found->second);
    if (is_new) ++count;
  }
  if (count < kFewest || count == static_cast<int64_t>(examples.size())) return {};
  return clusters;
}

}  // namespace agront::data
