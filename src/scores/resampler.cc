// SPDX-License-Identifier: Apache-2.0
#include "scores/resampler.h"

#include <algorithm>
#include <map>

#include "base/philox.h"

namespace agront::scores {

Resampler::Resampler(int64_t examples, std::span<const int64_t> clusters, uint64_t seed)
    : units_(examples), seed_(seed) {
  if (clusters.empty()) return;
  std::map<int64_t, uint32_t> numbers;
  for (const int64_t cluster : clusters)
    cluster_of_.push_back(numbers.try_emplace(cluster, static_cast<uint32_t>(numbers.size())).first->second);
  units_ = static_cast<int64_t>(numbers.size());
}

void Resampler::Draw(int64_t number, std::span<Count> counts) const {
  std::vector<Count> of_clusters(cluster_of_.empty() ? 0 : static_cast<size_t>(units_));
  const std::span<Count> drawn = cluster_of_.empty() ? counts : std::span(of_clusters);
  std::ranges::fill(drawn, Count{0});
  const auto bound = static_cast<uint32_t>(units_);
  for (int64_t draw = 0; draw < units_; draw += 4) {
    const Philox random = {{static_cast<uint32_t>(seed_), static_cast<uint32_t>(seed_ >> 32)},
                           {static_cast<uint32_t>(draw / 4), static_cast<uint32_t>(number), 0, 0}};
    const auto words = random();
    const int64_t end = std::min<int64_t>(4, units_ - draw);
    for (int64_t i = 0; i < end; ++i) ++drawn[Below(bound, words[i])];
  }
  for (size_t i = 0; i < cluster_of_.size(); ++i) counts[i] = of_clusters[cluster_of_[i]];
}

}  // namespace agront::scores
