// SPDX-License-Identifier: Apache-2.0
// Curves of shares against shares in a square: ROC, precision and recall, reliability.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront::plot {

struct UnitCurve {
  std::string name;
  std::vector<double> x, y;  ///< in [0, 1]; what is not finite is left out
  /// For curves of few values, the count behind each: it sets the size and the title of the mark there.
  std::vector<int64_t> counts = {};
};

struct UnitChartOptions {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool with_diagonal = false;
  std::string counted = {};  ///< what `counts` are of: "examples"
};

/// An SVG element 360 user units wide, with a line for each curve below the square. Where points are nearer
/// to each other than half a unit, the first is drawn.
std::string UnitChart(const std::vector<UnitCurve>& curves, const UnitChartOptions& options);

}  // namespace agront::plot
