// SPDX-License-Identifier: Apache-2.0
// Numbers with intervals, side by side for several series: scores of models, correlations by tissue.
#pragma once

#include <string>
#include <vector>

namespace agront::plot {

struct Interval {
  double value, low, high;  ///< what is not finite is not drawn
};

struct IntervalRow {
  std::string name;
  std::vector<Interval> series;
};

struct IntervalChartOptions {
  std::string title;
  std::string x_label;
  std::vector<std::string> series;  ///< names; the first one is drawn as bars, the others as dots
  double least = -1e300;            ///< what is lower is drawn at the edge
};

/// An SVG element 1040 user units wide with a row for each of `rows`, from the top. Bars begin at 0.
std::string IntervalChart(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options);

}  // namespace agront::plot
