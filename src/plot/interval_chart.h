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
  std::vector<std::string> series;  ///< names
  double least;                     ///< what is lower is drawn at the edge
  double chance;                    ///< what guessing has: a line of its own; NaN for none
  double best = 0;                  ///< what the axis reaches at least: the score of a perfect model
};

/// An SVG element 1040 user units wide with a row for each of `rows`, from the top. All series are drawn alike: a dot
/// with its interval, and the value at the right. The axis has 0.
std::string IntervalChart(const std::vector<IntervalRow>& rows, const IntervalChartOptions& options);

}  // namespace agront::plot
