// SPDX-License-Identifier: Apache-2.0
// A square matrix as a picture.
#pragma once

#include <string>

#include "tensor/matrix.h"

namespace agront::plot {

struct HeatMapOptions {
  std::string title = {};
  std::string row_label = {};     ///< "query"
  std::string column_label = {};  ///< "key"
  std::string first_tick = {};    ///< at the first row and column
  std::string last_tick = {};     ///< at the last row and column
};

/// An SVG group of kHeatMapWidth x kHeatMapHeight user units with its top left corner at (x, y). Colours run from
/// white (0) to dark green (the largest value) along the square root, because attention is mostly near zero. A matrix
/// of more than 512 rows is drawn with the largest value of each block of cells, so that no peak is lost.
std::string HeatMap(tensor::ConstMatrixView values, double x, double y, const HeatMapOptions& options);

inline constexpr double kHeatMapWidth = 440;
inline constexpr double kHeatMapHeight = 460;

/// Text with < > & " ' written as XML wants them.
std::string EscapeXml(const std::string& text);

}  // namespace agront::plot
