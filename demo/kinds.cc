// SPDX-License-Identifier: Apache-2.0
#include "kinds.h"

#include <agront/sequences.h>

#include <algorithm>
#include <utility>

namespace agront::demo {

std::vector<Feature> ReadFeatures(const std::string& gff) {
  constexpr std::pair<const char*, Kind> kTypes[] = {
      {"CDS", Kind::kProtein}, {"tRNA", Kind::kTransferRna}, {"rRNA", Kind::kRibosomalRna}, {"intron", Kind::kIntron}};
  std::vector<Feature> features;
  for (const auto& [type, kind] : kTypes)
    for (const SequenceRegion& region : ReadRegions(gff, type))
      features.push_back({region.name, kind, region.start, region.end, region.reverse});
  return features;
}

std::vector<Kind> KindOfBases(const std::vector<Feature>& features, int64_t length) {
  std::vector<Kind> kinds(static_cast<size_t>(length), Kind::kIntergenic);
  for (const Kind kind : {Kind::kIntron, Kind::kProtein, Kind::kRibosomalRna, Kind::kTransferRna})
    for (const Feature& feature : features)
      if (feature.kind == kind) std::fill(kinds.begin() + feature.start, kinds.begin() + feature.end, kind);
  return kinds;
}

Kind MajorityKind(const std::vector<Kind>& kinds, int64_t start, int64_t end) {
  std::array<int64_t, kNumKinds> counts{};
  for (int64_t i = start; i < end; ++i) ++counts[static_cast<size_t>(kinds[i])];
  return static_cast<Kind>(std::ranges::max_element(counts) - counts.begin());
}

}  // namespace agront::demo
