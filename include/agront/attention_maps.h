// SPDX-License-Identifier: Apache-2.0
// Attention maps of sequences in memory, as numbers and as a picture.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/export.h"
#include "agront/forward.h"
#include "agront/model.h"

namespace agront {

/// Thread safety: any thread may call it.
class AGRONT_EXPORT AttentionMaps {
 public:
  /// `maps`: layers from 1, heads from 0; their `sequence` is not used. Throws UsageError for those that the model has
  /// not.
  AttentionMaps(Model model, std::vector<AttentionMap> maps);

  /// The probabilities of each map for one sequence, [T, T]: rows are queries, columns keys, <cls> first, and a row's
  /// sum is 1. Throws Error for letters that are no bases, and for sequences that are empty or longer than the model
  /// takes.
  std::vector<Values> Of(std::string_view bases) const;

 private:
  Model model_;
  std::vector<AttentionMap> maps_;
};

/// An SVG picture of maps side by side, with a title and a scale of colours each. Colours run from white (0) to dark
/// green (the largest value) along the square root. `begins` has the first base of each token (Tokens::begin), for axes
/// in bases; without it axes count tokens. Throws UsageError unless there is a title for each map, a map at least, and
/// a base for each token or none.
AGRONT_EXPORT std::string DrawAttentionMaps(std::span<const Values> maps, std::span<const std::string> titles,
                                            std::span<const int64_t> begins = {});

}  // namespace agront
