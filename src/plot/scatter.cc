// SPDX-License-Identifier: Apache-2.0
#include "plot/scatter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace agront::plot {
namespace {

constexpr Box kBox = {.left = 56, .top = 30, .right = 346, .bottom = 320};
constexpr size_t kMostPoints = 2000;
constexpr double kHexagon = 4;  // from its centre to a corner

using Points = std::vector<std::pair<double, double>>;

std::string DrawPoints(const Points& points) {
  std::string svg = fmt::format("<g fill=\"{}\" fill-opacity=\"0.4\">\n", ColourOf(0));
  for (const auto& [x, y] : points) svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.2\"/>\n", x, y);
  return svg + "</g>\n";
}

/// The hexagon around the nearest of two interleaved grids of centres (Carr et al., 1987).
std::pair<int, int> HexagonOf(double x, double y) {
  const double width = std::sqrt(3) * kHexagon;
  const double height = 3 * kHexagon;  // two rows
  const auto nearest = [&](double shift) {
    const double column = std::round(x / width - shift);
    const double row = std::round(y / height - shift);
    const double right = x - (column + shift) * width;
    const double down = y - (row + shift) * height;
    const double away = right * right + down * down;  // squared: std::hypot wants a newer glibc than a wheel may
    return std::pair(away, std::pair(static_cast<int>(2 * (column + shift)), static_cast<int>(2 * (row + shift))));
  };
  return std::min(nearest(0), nearest(0.5)).second;
}

std::string DrawHexagons(const Points& points) {
  std::map<std::pair<int, int>, int> counts;
  int most = 1;
  for (const auto& [x, y] : points) most = std::max(most, ++counts[HexagonOf(x, y)]);
  std::string svg;
  for (const auto& [at, count] : counts) {
    const double x = at.first * std::sqrt(3) * kHexagon / 2;
    const double y = at.second * 1.5 * kHexagon;
    const double half = std::sqrt(3) / 2 * kHexagon;
    svg += fmt::format(
        "<path d=\"M{:.1f} {:.1f}l{:.2f} {:.1f}v{:.1f}l{:.2f} {:.1f}l{:.2f} {:.1f}v{:.1f}z\" fill=\"{}\">"
        "<title>{}</title></path>\n",
        x, y - kHexagon, half, kHexagon / 2, kHexagon, -half, kHexagon / 2, -half, -kHexagon / 2, -kHexagon,
        Shade(0.2 + 0.8 * std::log1p(count) / std::log1p(most)), count);
  }
  return svg;
}

}  // namespace

std::string Scatter(std::span<const double> x, std::span<const double> y, const ScatterOptions& options) {
  const auto place = [&](double value) { return options.scale == Scale::kLog1p ? std::log1p(value) : value; };
  Points pairs;
  Range range;
  for (size_t i = 0; i < x.size(); ++i) {
    const std::pair pair(place(x[i]), place(y[i]));
    if (!std::isfinite(pair.first) || !std::isfinite(pair.second)) continue;
    pairs.push_back(pair);
    range.Add(pair.first);
    range.Add(pair.second);
  }
  range.Widen();
  const double margin = 0.03 * (range.most - range.least);
  range.least -= margin;
  range.most += margin;
  const Axes axes(kBox, range, range, options.scale);
  Points points;
  for (const auto& [at_x, at_y] : pairs) points.emplace_back(axes.X(at_x), axes.Y(at_y));
  return SvgHead(360, 368, kBox.left, options.title) + axes.Draw(options.x_label, options.y_label) +
         (points.size() > kMostPoints ? DrawHexagons(points) : DrawPoints(points)) +
         fmt::format("<path d=\"M{} {} L{} {}\" stroke=\"#9aa1a8\" stroke-dasharray=\"4 4\"/>\n</svg>\n", kBox.left,
                     kBox.bottom, kBox.right, kBox.top);
}

}  // namespace agront::plot
