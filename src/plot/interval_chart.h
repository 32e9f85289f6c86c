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
  double least;                     ///< what is lower is drawn at the edge
  double chance;                    ///< what guessing has: a line of its own; NaN for none
};

/// An SVG element 1040 user units wide with a row for each of `rows`, from the top. Bars begin at 0. The values of the
/// first series are written at the right.
std::string IntervalChart(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options);

}  // namespace agront::plot
