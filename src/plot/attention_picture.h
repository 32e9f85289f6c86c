// SPDX-License-Identifier: Apache-2.0
// Attention maps side by side as one SVG picture.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/matrix.h"

namespace agront::plot {

struct TitledMap {
  std::string title;
  tensor::ConstMatrixView values;  ///< [T, T], row: query, column: key; <cls> first
  std::vector<int64_t> begins;     ///< [T], the first base of each token, for axes of bases; empty: axes of tokens
};

struct PictureTexts {
  std::string note = {};         ///< a line below the maps; empty: none
  std::string description = {};  ///< for programs that read pictures aloud; empty: none
};

std::string AttentionPicture(const std::vector<TitledMap>& maps, const PictureTexts& texts);

}  // namespace agront::plot
