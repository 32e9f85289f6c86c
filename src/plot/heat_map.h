// SPDX-License-Identifier: Apache-2.0
// A square matrix as a picture.
#pragma once

#include <string>
#include <vector>

#include "tensor/matrix.h"

namespace agront::plot {

/// A mark beside the cells.
struct HeatMapTick {
  double at;  ///< rows and columns from the first one
  std::string label;
};

struct HeatMapOptions {
  std::string title = {};
  std::string row_label = {};           ///< "query"
  std::string column_label = {};        ///< "key"
  std::vector<HeatMapTick> ticks = {};  ///< of both axes
  std::string scale_label = {};         ///< what the colours are: "attention"
};

/// An SVG group of kHeatMapWidth x kHeatMapHeight user units with its top left corner at (x, y), and a scale of its
/// colours. They run from white (0) to dark green (the largest value) along the square root, because attention is
/// mostly near zero. A matrix of more than 512 rows is drawn with the largest value of each block of cells, so that no
/// peak is lost.
std::string HeatMap(tensor::ConstMatrixView values, double x, double y, const HeatMapOptions& options);

inline constexpr double kHeatMapWidth = 520;
inline constexpr double kHeatMapHeight = 460;

/// Text with < > & " ' written as XML wants them.
std::string EscapeXml(const std::string& text);

}  // namespace agront::plot
