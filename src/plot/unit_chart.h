// SPDX-License-Identifier: Apache-2.0
// Curves of shares against shares in a square: ROC, precision and recall, reliability.
#pragma once

#include <string>
#include <vector>

namespace agront::plot {

struct UnitCurve {
  std::string name;
  std::vector<double> x, y;  ///< in [0, 1]; what is not finite is left out
  bool with_points = false;  ///< a mark at each value, for curves of few
};

struct UnitChartOptions {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool with_diagonal = false;
};

/// An SVG element 360 user units wide, with a line for each curve below the square. Of points nearer than half a unit
/// to each other the first is drawn.
std::string UnitChart(const std::vector<UnitCurve>& curves, const UnitChartOptions& options);

}  // namespace agront::plot
