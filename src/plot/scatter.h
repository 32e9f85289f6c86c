// SPDX-License-Identifier: Apache-2.0
// Pairs of numbers: predicted against observed.
#pragma once

#include <span>
#include <string>

#include "plot/axes.h"

namespace agront::plot {

struct ScatterOptions {
  std::string title;
  std::string x_label;
  std::string y_label;
  Scale scale = Scale::kLinear;  ///< of both axes
};

/// An SVG element 360 x 368 user units large, both axes of one range, with the diagonal. More than 2,000 pairs are
/// drawn as hexagons, darker where there are more (by the logarithm). Pairs that are not finite are left out.
std::string Scatter(std::span<const double> x, std::span<const double> y, const ScatterOptions& options);

}  // namespace agront::plot
