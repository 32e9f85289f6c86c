// SPDX-License-Identifier: Apache-2.0
// Which bases around a feature of a genome make an example.
#pragma once

#include <cstdint>
#include <string>

#include "genome/region.h"

namespace agront::genome {

/// Bases [anchor - before, anchor + after) on the strand of the feature.
struct FeatureWindow {
  enum class Anchor {
    kFeature,  ///< both ends: `before` bases more before its first base, `after` behind its last
    kStart,    ///< its 5' end, such as the transcription start site: before its first base
    kEnd,      ///< its 3' end, such as the cleavage site: behind its last base
    kCentre,   ///< the middle, rounded down on the forward strand
  };
  Anchor anchor = Anchor::kFeature;
  int64_t before = 0;
  int64_t after = 0;
};

/// "feature", "start-165+5", "end-150+20", "centre-500+500", "feature-100+100", or one of the AgroNT article:
///   promoter    start-165+5      of a transcript: the core promoter (Jores et al. 2021)
///   terminator  end-150+20       around the cleavage site (Gorjifard et al. 2024)
///   expression  start-5000+1000  5 kb upstream of the transcription start site, 1 kb downstream
/// Throws UsageError.
FeatureWindow ParseFeatureWindow(const std::string& text);

/// The window of a feature; it may begin before its sequence or end behind it.
Region WindowOf(const Region& feature, const FeatureWindow& window);

}  // namespace agront::genome
