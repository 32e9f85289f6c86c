// SPDX-License-Identifier: Apache-2.0
#include "plot/line_chart.h"

#include <fmt/format.h>

#include <cmath>

#include "plot/axes.h"

namespace agront::plot {
namespace {

constexpr double kWidth = 720, kHeight = 320;
constexpr Box kBox = {.left = 78, .top = 44, .right = kWidth - 16, .bottom = kHeight - 44};

/// At most a point a column: the mean of those that fall there.
std::string Path(const Curve& curve, const Axes& axes) {
  std::string path;
  double sum_x = 0, sum_y = 0;
  int count = 0, column = 0;
  const auto draw = [&] {
    if (count > 0) path += fmt::format("{}{:.2f} {:.2f} ", path.empty() ? "M" : "L", sum_x / count, sum_y / count);
    sum_x = sum_y = count = 0;
  };
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    const double x = axes.X(curve.x[i]);
    if (static_cast<int>(x) != column) draw();
    column = static_cast<int>(x);
    sum_x += x;
    sum_y += axes.Y(curve.y[i]);
    ++count;
  }
  draw();
  return path;
}

/// A path of one point cannot be seen, so it is a dot: one validation at the end of one epoch.
std::string LonePoint(const Curve& curve, const Axes& axes, const char* colour) {
  std::string dot;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    if (!std::isfinite(curve.x[i]) || !std::isfinite(curve.y[i])) continue;
    if (!dot.empty()) return "";
    dot = fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"4\" fill=\"{}\"/>\n", axes.X(curve.x[i]),
                      axes.Y(curve.y[i]), colour);
  }
  return dot;
}

}  // namespace

std::string LineChart(const std::vector<Curve>& curves, const LineChartOptions& options) {
  Range x, y;
  for (const Curve& curve : curves) {
    for (const double value : curve.x) x.Add(value);
    for (const double value : curve.y) y.Add(value);
  }
  x.Widen();
  y.Widen();
  std::vector<std::string> names;
  for (const Curve& curve : curves) names.push_back(curve.name);
  const double more = MoreLegend(names, kBox.left, kBox.right);
  const Axes axes({kBox.left, kBox.top + more, kBox.right, kBox.bottom + more}, x, y);
  std::string svg =
      SvgHead(kWidth, kHeight + more, kBox.left, options.title) + axes.Draw(options.x_label, options.y_label);
  for (size_t i = 0; i < curves.size(); ++i) {
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\"/>\n",
                       Path(curves[i], axes), ColourOf(i), curves[i].is_faint ? 1 : 2, curves[i].is_faint ? 0.35 : 1);
    svg += LonePoint(curves[i], axes, ColourOf(i));
  }
  return svg + Legend(names, kBox.left, 24, kBox.right) + "</svg>\n";
}

}  // namespace agront::plot
