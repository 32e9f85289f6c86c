// SPDX-License-Identifier: Apache-2.0
// Curves over a common axis as a picture.
#pragma once

#include <string>
#include <vector>

namespace agront::plot {

struct Curve {
  std::string name;
  std::vector<double> x;  ///< rising
  std::vector<double> y;
  bool is_faint = false;  ///< drawn behind the others, such as single steps behind their mean
};

struct LineChartOptions {
  std::string title;
  std::string x_label;
  std::string y_label;
};

/// An SVG element 720 x 320 user units large, higher where the names of curves fill several rows. Values that are not
/// finite are left out; of a curve with more points than the picture has columns, the mean of each column is drawn.
std::string LineChart(const std::vector<Curve>& curves, const LineChartOptions& options);

}  // namespace agront::plot
