// SPDX-License-Identifier: Apache-2.0
// Curves over a common axis as a picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace agront::plot {

struct Curve {
  std::string name;
  std::vector<double> x;  ///< rising
  std::vector<double> y;
  bool is_noisy = false;  ///< the line is the running mean, with the values themselves as faint dots behind it
};

/// A value that curves are compared with, such as guessing: a dashed line across the chart.
struct Level {
  double y;
  std::string name;
};

/// A place on the horizontal axis, such as the update that was kept: an upright line, and a ring on `curve` there.
struct Mark {
  double x;
  std::string name;
  size_t curve;  ///< by its place
};

struct LineChartOptions {
  std::string title;
  std::string x_label;
  std::string y_label;
  bool from_zero = false;  ///< the vertical axis begins at 0 or below
  std::vector<Level> levels = {};
  std::optional<Mark> mark = {};
  double width = 1040;
};

/// An SVG element `width` user units wide and 320 high, higher where the names of curves fill several rows. Values that
/// are not finite are left out. Where a curve has more points than the picture has columns, the mean of each column is
/// drawn, and dots become the range of each column.
std::string LineChart(const std::vector<Curve>& curves, const LineChartOptions& options);

/// The mean of up to `reach` values on either side of each, and of itself; those that are not finite do not count.
std::vector<double> RunningMean(const std::vector<double>& values, size_t reach);

}  // namespace agront::plot
